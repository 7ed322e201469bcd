import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelError } from '@cellblock/native/kernel-error';
import type { ImageOrder, ImageSuggestion } from '@cellblock/shared/image';
import { ImageSuggestion as Suggestion } from '@cellblock/shared/image';
import { parseReference } from '@cellblock/shared/image-source';
import type { WardenHost } from '../warden-host.ts';
import { codenameOf, debianSources } from './debian-sources.ts';
import { inWorkshop, type Workshop, type WorkshopWants } from './workshop.ts';

/** What lies in the directory of one order. */
export interface WorkPlace {
  /** archives and layers, as they came; `upload` for one that was uploaded */
  input: string;
  /** holds `root`, which becomes the image */
  image: string;
}

export interface Filled {
  source: string;
  suggested: ImageSuggestion;
}

type Wants = Pick<WorkshopWants, 'directory' | 'line' | 'signal' | 'fileBytes'> & {
  stage(text: string): void;
};

/** What making files of all ids needs, and nothing more. */
const OWNER = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETUID',
];
const NOTHING: ImageSuggestion = Suggestion.parse({});
const ALPINE = 'https://dl-cdn.alpinelinux.org/alpine';

/** Fills `place.image`/root as ordered; every program runs in a workshop. */
export function fillRoot(
  host: WardenHost,
  order: ImageOrder,
  place: WorkPlace,
  wants: Wants,
): Promise<Filled> {
  if (order.kind === 'pull') return pull(host, order.reference, place, wants);
  if (order.kind === 'upload') return unpackUpload(host, order.name, place, wants);
  const [distribution, release = ''] = order.distribution.split(':');
  return distribution === 'debian'
    ? bootstrapDebian(host, release, order.include, place, wants)
    : bootstrapAlpine(host, release, place, wants);
}

const storage = (path: string, target: string, readOnly = false) => ({
  kind: 'storage' as const,
  path,
  target,
  readOnly,
});

async function bootstrapDebian(
  host: WardenHost,
  release: string,
  include: readonly string[],
  place: WorkPlace,
  wants: Wants,
): Promise<Filled> {
  const codename = codenameOf(release);
  const sources = debianSources(codename);
  wants.stage(`bootstrap Debian ${codename} from ${archivesOf(sources)}`);
  const mounts = [storage(place.image, '/out')];
  // chroot(2) is how a package's own scripts run in what is being made.
  const capabilities = [...OWNER, 'CAP_SYS_CHROOT'];
  await inWorkshop(host, { ...wants, network: 'host', mounts, capabilities }, ({ run }) =>
    run(`bootstrap Debian ${codename}`, [
      'mmdebstrap',
      '--mode=root',
      '--variant=minbase',
      '--format=directory',
      ...(include.length > 0 ? [`--include=${include.join(',')}`] : []),
      '--skip=check/empty,chroot/mount',
      '--aptopt=APT::Sandbox::User "root"',
      codename,
      '/out/root',
      ...sources,
    ]),
  );
  const named = include.length > 0 ? ` with ${include.join(', ')}` : '';
  return {
    source: `Debian ${codename}${named}, bootstrapped from ${archivesOf(sources)}`,
    suggested: NOTHING,
  };
}

function archivesOf(sources: readonly string[]): string {
  const archives = sources.flatMap((line) => line.match(/https?:\/\/[^ ]+|[a-z+]+:\/[^ ]+/)?.[0] ?? []);
  return [...new Set(archives)].join(' and ') || 'the public archive';
}

async function bootstrapAlpine(
  host: WardenHost,
  release: string,
  place: WorkPlace,
  wants: Wants,
): Promise<Filled> {
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const directory = `${ALPINE}/v${release}/releases/${arch}`;
  wants.stage(`fetch Alpine ${release} from ${ALPINE}`);
  const fetched = {
    ...wants,
    network: 'host' as const,
    mounts: [storage(place.input, '/in')],
    capabilities: [],
  };
  const { file, sha256 } = await inWorkshop(host, fetched, async ({ run }) => {
    const fetch = (url: string, name: string) =>
      run(`fetch ${url}`, ['wget', '--no-verbose', '--tries=2', `--output-document=/in/${name}`, url]);
    await fetch(`${directory}/latest-releases.yaml`, 'releases');
    const releases = await readRegular(join(place.input, 'releases'), 1024 * 1024);
    const found = new RegExp(
      `file: (alpine-minirootfs-[0-9.]+-${arch}\\.tar\\.gz)[\\s\\S]*?sha256: ([0-9a-f]{64})`,
    );
    const [, file = '', sha256 = ''] = found.exec(releases) ?? [];
    if (sha256 === '') throw new KernelError(`fetch ${directory}`, 'ENOENT', 2, 'it names no minirootfs');
    await fetch(`${directory}/${file}`, 'upload');
    return { file, sha256 };
  });
  await unpackTar(host, place, wants, sha256);
  return { source: `${directory}/${file}, sha256:${sha256}`, suggested: NOTHING };
}

/** A tag is asked for once; everything after that goes by the digest that it stood for then. */
async function pull(host: WardenHost, reference: string, place: WorkPlace, wants: Wants): Promise<Filled> {
  const { registry, repository, tag, digest } = parseReference(reference);
  const name = `${registry}/${repository}`;
  // What does not leave this host needs no certificate.
  const tls = /^(localhost|127\.[0-9.]+)(:|$)/.test(registry) ? ['--tls-verify=false'] : [];
  const from = tls.length > 0 ? ['--src-tls-verify=false'] : [];
  const fetching = {
    ...wants,
    network: 'host' as const,
    mounts: [storage(place.input, '/in')],
    capabilities: [],
  };
  const resolved = await inWorkshop(host, fetching, async ({ run }) => {
    const stands = digest ?? (await digestOfTag(run, `${name}:${tag ?? 'latest'}`, tls));
    wants.stage(`fetch ${name}@${stands}`);
    await run(`fetch ${name}@${stands}`, [
      ...['skopeo', '--insecure-policy', 'copy', '--quiet', ...from],
      ...[`docker://${name}@${stands}`, 'oci:/in/oci:image'],
    ]);
    return stands;
  });
  const suggested = await unpackLayers(host, place, wants);
  return { source: `${name}@${resolved}`, suggested };
}

async function digestOfTag(run: Workshop['run'], name: string, tls: string[]): Promise<string> {
  const hash = `set -o pipefail; skopeo --insecure-policy inspect --raw "$@" | sha256sum | cut -d ' ' -f 1`;
  const hex = await run(`ask for ${name}`, ['bash', '-c', hash, 'bash', ...tls, `docker://${name}`]);
  return `sha256:${hex.trim()}`;
}

async function unpackLayers(host: WardenHost, place: WorkPlace, wants: Wants): Promise<ImageSuggestion> {
  wants.stage('unpack its layers');
  const mounts = [storage(place.input, '/in'), storage(place.image, '/out')];
  return inWorkshop(host, { ...wants, network: 'none', mounts, capabilities: OWNER }, async ({ run }) => {
    await run('unpack the layers', ['umoci', 'raw', 'unpack', '--image', '/in/oci:image', '/out/root']);
    const config = await run('read what its author suggests', [
      ...['skopeo', '--insecure-policy', 'inspect', '--config', '--raw', 'oci:/in/oci:image'],
    ]);
    return suggestionIn(config);
  });
}

/** Data and nothing else: whatever has another form is not there. */
export function suggestionIn(config: string): ImageSuggestion {
  let found: Record<string, unknown> = {};
  try {
    found = (JSON.parse(config) as { config?: Record<string, unknown> }).config ?? {};
  } catch {
    return NOTHING;
  }
  const words = (value: unknown) =>
    Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  const command = [...words(found.Entrypoint), ...words(found.Cmd)];
  return {
    command: command.length > 0 ? command : null,
    environment: words(found.Env),
    user: typeof found.User === 'string' && found.User !== '' ? found.User : null,
  };
}

/** A root as a tarball, or an archive of an OCI or Docker image. */
async function unpackUpload(host: WardenHost, name: string, place: WorkPlace, wants: Wants): Promise<Filled> {
  wants.stage(`look at ${name}`);
  const mounts = [storage(place.input, '/in')];
  const looking = { ...wants, network: 'none' as const, mounts, capabilities: [] };
  const { sha256, kind } = await inWorkshop(host, looking, async ({ run }) => {
    const sha256 = (await run(`digest ${name}`, ['sha256sum', '/in/upload'])).slice(0, 64);
    const first = `tar --list --file=/in/upload 2>/dev/null | head -n 100000 | grep -xE '(\\./)?(oci-layout|manifest\\.json)' | head -n 1 || true`;
    const marks = (await run(`look at ${name}`, ['bash', '-c', first])).trim();
    const kind = marks.endsWith('oci-layout') ? 'oci-archive' : marks === '' ? 'tar' : 'docker-archive';
    if (kind !== 'tar') {
      await run(`read ${name}`, [
        ...['skopeo', '--insecure-policy', 'copy', '--quiet', '--tmpdir=/in'],
        ...[`${kind}:/in/upload`, 'oci:/in/oci:image'],
      ]);
    }
    return { sha256, kind };
  });
  const source = `upload of ${name}, sha256:${sha256}`;
  if (kind !== 'tar') return { source, suggested: await unpackLayers(host, place, wants) };
  await unpackTar(host, place, wants, sha256);
  return { source, suggested: NOTHING };
}

async function unpackTar(host: WardenHost, place: WorkPlace, wants: Wants, sha256: string): Promise<void> {
  wants.stage('unpack it');
  const mounts = [storage(place.input, '/in', true), storage(place.image, '/out')];
  await inWorkshop(host, { ...wants, network: 'none', mounts, capabilities: OWNER }, async ({ run }) => {
    await run('verify the archive', [
      'sh',
      '-c',
      `echo "${sha256}  /in/upload" | sha256sum --check --status`,
    ]);
    await run('make the root', ['mkdir', '--mode=0755', '/out/root']);
    await run('unpack the archive', [
      ...['tar', '--extract', '--file=/in/upload', '--directory=/out/root', '--numeric-owner'],
      ...['--preserve-permissions', '--same-owner', '--acls', '--xattrs', '--xattrs-include=user.*'],
      ...['--xattrs-include=security.capability', '--warning=no-timestamp', '--delay-directory-restore'],
      // A jail has devices of its own, and none can be made here.
      ...['--exclude=./dev/*', '--exclude=dev/*'],
    ]);
  });
  await openForAll(join(place.image, 'root'));
}

/**
 * Whatever an archive says of its own top, only the mode of a root is a root's. Whoever unpacked it could have put a
 * link there instead: what that leads to is the host's.
 */
async function openForAll(root: string): Promise<void> {
  const top = await open(root, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await top.chmod(0o755);
  } finally {
    await top.close();
  }
}

/** A file that a workshop wrote: never through a link, and never more than expected. */
async function readRegular(path: string, most: number): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    if (size > most) throw new KernelError(`read ${path}`, 'EFBIG', 27, `it has ${size} bytes`);
    return (await file.readFile()).toString();
  } finally {
    await file.close();
  }
}
