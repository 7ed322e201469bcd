import { chmod, copyFile, mkdir, realpath } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { isKernelError } from '@cellblock/native/kernel-error';
import type { ExecSession, TreeRoot } from '@cellblock/native/process-tree';
import { AppError } from '@cellblock/shared/app-error';
import type { JailSpec } from '@cellblock/shared/host-spec';
import type { RefusedObject } from '@cellblock/shared/host-status';
import { parseXray, type XrayReport } from '@cellblock/shared/xray';
import { inTurns } from '../apply/in-turns.ts';
import { programsDirectory } from '../programs-directory.ts';
import { withThrowAwayJail } from '../throw-away/throw-away-jail.ts';
import { DEFAULT_ENVIRONMENT } from '../tree-spec.ts';
import type { WardenHost } from '../warden-host.ts';
import { withTwinNetwork } from './twin-network.ts';
import { twinOf } from './twin-of.ts';

/** Where the program is found in a twin; it leaves this place out of what it tells. */
const INSIDE = '/run/cellblock-xray';
const MOST_BYTES = 8 * 1024 * 1024;
/** A little longer than the program gives itself. */
const LONGEST_MS = 100_000;
/** A walk reads everything that a jail has: a second one would only make both slower. */
const MOST_WAIT = 4;
const inTurn = inTurns(1, { most: MOST_WAIT, full });

/**
 * Starts a throw-away twin of a jail, walks it from inside with exactly the protections of the jail's own
 * processes, and takes it away again. The jail itself need not run and is not touched; but it has to be one that this
 * host would start now, or whoever may ask could have anything of the host shown to code of theirs.
 */
export function xrayJail(
  host: WardenHost,
  jail: JailSpec,
  refuse: () => Promise<RefusedObject | null>,
): Promise<XrayReport> {
  const { spec, differs } = twinOf(jail);
  const walk = async () => {
    // Now, and not when it began to wait: root may have changed the bounds meanwhile.
    mustNotBe(await refuse(), jail);
    return withTwinNetwork(host, jail, (network) =>
      withThrowAwayJail(
        host,
        {
          spec,
          network,
          shape: async (tree, { directory, storage }) => {
            const path = join(directory, 'xray');
            await mkdir(path, { mode: 0o755 });
            await copyFile(join(programsDirectory(), 'probe'), join(path, 'probe'));
            await chmod(join(path, 'probe'), 0o755);
            return {
              ...tree,
              root: await withoutAWay(host, tree.root, { own: storage, place: join(directory, 'root') }),
              mounts: [...tree.mounts, { kind: 'storage', path, target: INSIDE, readOnly: true }],
            };
          },
        },
        async ({ tree }) => {
          const session = await host.trees.exec({
            runDirectory: tree.runDirectory,
            command: [`${INSIDE}/probe`, 'xray'],
            environment: DEFAULT_ENVIRONMENT,
            uid: 0,
            gid: 0,
            tty: null,
            cgroupProcsFiles: tree.cgroupProcsFiles,
          });
          const findings = parseWalk(await wholeOutput(session));
          return { at: host.now().toISOString(), kernel: release(), differs, findings };
        },
      ),
    );
  };
  return inTurn(walk).catch((error) => {
    if (jail.settings.root.kind !== 'dir' || !isKernelError(error, 'EROFS')) throw error;
    throw new AppError('conflict', `The root of ${jail.name} lacks a mount point: ${error.message}.`, {
      field: 'settings.root',
      cause: "A jail makes it at its start, and a twin writes nothing into the jail's directory.",
      fix: `Start it once: cellblock start ${jail.name}`,
    });
  });
}

function mustNotBe(refused: RefusedObject | null, jail: JailSpec): void {
  if (!refused) return;
  throw new AppError('denied', `This host would not start ${jail.name}: ${refused.message}.`, {
    field: 'jail',
    cause: `A twin is started as the jail would be, and has all that the jail would have (rule ${refused.rule}).`,
    fix: refused.fix ?? `See what is refused: cellblock show ${jail.name}`,
  });
}

/**
 * A directory of the host as a root that even `spawn` cannot write, which makes missing mount points in it: the
 * jail's own files lie there. What the twin has unpacked for itself goes with it.
 */
async function withoutAWay(
  host: WardenHost,
  root: TreeRoot,
  { own, place }: { own: string; place: string },
): Promise<TreeRoot> {
  if (root.kind !== 'directory' || root.path.startsWith(`${own}/`)) return root;
  if ((await realpath(root.path)) !== root.path)
    throw new AppError('conflict', `${root.path} leads through a link.`, {
      field: 'settings.root',
      cause: 'Whoever can change the link decides what is looked at.',
      fix: `Name the directory itself: ${await realpath(root.path)}`,
    });
  await mkdir(place, { mode: 0o700 });
  await host.kernel.bindMount({
    source: root.path,
    target: place,
    readOnly: true,
    nosuid: true,
    nodev: true,
  });
  return { ...root, path: place, readOnly: true };
}

/** What a walk wrote; it is ended when that is more than a page could show, whichever stream it is on. */
export async function wholeOutput(
  session: Pick<ExecSession, 'closeInput' | 'kill' | 'output' | 'exit'>,
): Promise<{ text: string; errors: string; end: string }> {
  session.closeInput();
  const patience = setTimeout(() => session.kill(), LONGEST_MS);
  const text = { stdout: '', stderr: '' };
  let bytes = 0;
  try {
    for await (const { stream, data } of session.output) {
      bytes += data.length;
      // It prints names and reasons, and whose those are may have as many as they like.
      if (bytes > MOST_BYTES) session.kill();
      else text[stream] += Buffer.from(data).toString();
    }
    const { code, signal } = await session.exit;
    return {
      text: text.stdout,
      errors: text.stderr,
      end: signal === null ? `exit status ${code}` : `signal ${signal}`,
    };
  } finally {
    clearTimeout(patience);
  }
}

function parseWalk({ text, errors, end }: { text: string; errors: string; end: string }) {
  try {
    return parseXray(text);
  } catch (error) {
    throw new AppError('internal', 'The walk through the twin did not come to its end.', {
      cause: `${(error as Error).message}; it ended with ${end}${errors ? `: ${errors.trim().slice(-500)}` : ''}.`,
      fix: 'Run it again; if it ends the same way, cellblock host check HOST tells what the host lacks.',
    });
  }
}

function full(): AppError {
  return new AppError('conflict', 'Too many jails wait for an X-ray on this host.', {
    field: 'jail',
    cause: `One is walked at a time, and ${MOST_WAIT} wait for it already.`,
    fix: 'Wait until one of them has ended, then ask again: cellblock xray JAIL',
  });
}
