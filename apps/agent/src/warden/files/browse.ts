import { constants } from 'node:os';
import type { ExecSession } from '@cellblock/native/process-tree';
import { AppError } from '@cellblock/shared/app-error';
import type { JailSpec } from '@cellblock/shared/host-spec';
import { type FileBytes, type FileList, type FileText, MOST_FILE_BYTES } from '@cellblock/shared/jail-files';
import { shellWord } from '@cellblock/shared/shell-words';
import { inTurns } from '../apply/in-turns.ts';
import { execRequest } from '../open-exec.ts';
import type { Warden } from '../warden.ts';
import { fileText, parseFileList } from './file-list.ts';

/** It ends itself after two seconds; one that cannot end, because a file system does not answer, is left to the
 *  kernel. */
const PATIENCE_MS = 4_000;
/** A whole file, and the byte more by which a longer one is known; lists are no longer. */
const MOST_BYTES = MOST_FILE_BYTES + 1;
/** Each look is a process on the host and up to `MOST_BYTES` in memory. */
const MOST_LOOKS = 8;
const MOST_WAIT = 32;
const inTurn = inTurns(MOST_LOOKS, { most: MOST_WAIT, full });

type Looker = Pick<Warden, 'host'>;

/** Names in a directory of a jail that runs, told by a process of that jail. */
export async function listFiles(warden: Looker, jail: JailSpec, path: string): Promise<FileList> {
  return parseFileList(path, await inTurn(() => look(warden, jail, 'list', path)));
}

/** The first MiB of a regular file. */
export async function readFileText(warden: Looker, jail: JailSpec, path: string): Promise<FileText> {
  return fileText(path, await inTurn(() => look(warden, jail, 'read', path)));
}

/** A whole regular file; refused when it is longer than `MOST_FILE_BYTES`. */
export async function readFileBytes(warden: Looker, jail: JailSpec, path: string): Promise<FileBytes> {
  const bytes = await inTurn(() => look(warden, jail, 'read', path));
  if (bytes.length > MOST_FILE_BYTES) throw tooLong(jail, path);
  return { path, data: bytes.toString('base64') };
}

function tooLong(jail: JailSpec, path: string): AppError {
  return new AppError('invalid', `${path} is longer than ${MOST_FILE_BYTES / 1024 / 1024} MiB.`, {
    field: 'path',
    cause: 'A file is handed over in one message, and a larger one keeps all else of its host waiting.',
    fix: `Have it written out piece by piece: cellblock exec ${jail.name} -- cat ${shellWord(path)} > FILE`,
  });
}

async function look(warden: Looker, jail: JailSpec, verb: 'list' | 'read', path: string): Promise<Buffer> {
  const request = await execRequest(warden, jail, {
    command: ['files', verb, path],
    environment: {},
    uid: 0,
    gid: 0,
    tty: null,
  });
  const session = await warden.host.trees.exec({ ...request, environment: {}, ownProgram: true });
  session.closeInput();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(refused(path, { code: null, signal: null }, '')), PATIENCE_MS);
  });
  try {
    return await Promise.race([outcomeOf(session, path), late]);
  } finally {
    clearTimeout(timer);
    session.kill();
  }
}

async function outcomeOf(session: ExecSession, path: string): Promise<Buffer> {
  const pieces = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  let bytes = 0;
  for await (const { stream, data } of session.output) {
    bytes += data.length;
    // Whoever runs in its place could write without end.
    if (bytes > MOST_BYTES) session.kill();
    else pieces[stream].push(data);
  }
  const exit = await session.exit;
  if (exit.code === 0) return Buffer.concat(pieces.stdout);
  throw refused(path, exit, Buffer.concat(pieces.stderr).toString('utf8').slice(0, 200));
}

const WORDS: Record<string, { cause: string; fix: string }> = {
  ENOENT: {
    cause: 'There is nothing of that name in the jail.',
    fix: 'Go up, and choose one that is listed',
  },
  ENOTDIR: { cause: 'It, or something on its way, is no directory.', fix: 'Go up, and choose a directory' },
  ELOOP: {
    cause: 'It is, or leads through, a link; links are shown and not followed.',
    fix: 'Go to where the link leads to',
  },
  EACCES: {
    cause:
      "The jail's own root may not read it: its file belongs to nobody in the jail, or its profile forbids it.",
    fix: 'Look at it on the host',
  },
  EINVAL: { cause: 'It is no regular file.', fix: 'Choose a file' },
};

function refused(path: string, exit: { code: number | null; signal: number | null }, said: string): AppError {
  const [name] = Object.entries(constants.errno).find(([, number]) => number === exit.code) ?? [];
  const known = name === undefined ? undefined : WORDS[name];
  if (exit.code === null) {
    return new AppError('unreachable', `Nobody could look at ${path} within two seconds.`, {
      field: 'path',
      cause: 'The file system below it does not answer, or the jail is at its limits.',
      fix: 'Try it again later, or look at it on the host',
    });
  }
  return new AppError(name === 'ENOENT' ? 'not-found' : 'denied', `${path} cannot be looked at.`, {
    field: 'path',
    cause: known?.cause ?? `${name ?? `status ${exit.code}`}: ${said}`,
    fix: known?.fix ?? 'Go up, and choose another',
    evidence: { errno: name ?? null },
  });
}

function full(): AppError {
  return new AppError('conflict', 'Too many look into the files of jails on this host.', {
    field: 'path',
    cause: `${MOST_LOOKS} look at once, and ${MOST_WAIT} wait for them already.`,
    fix: 'Try it again in some seconds',
  });
}
