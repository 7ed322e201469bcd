import type {
  ExecRequest,
  HostPathBelow,
  MountFlags,
  TreeConfinement,
  TreeMount,
  TreeProcess,
  TreeRoot,
  TreeSpec,
} from './process-tree.ts';
import type { TreeBounds } from './run-directory.ts';

/**
 * The words of `spawn`: netstrings, each field as its name and its value in one fixed order, a list as its
 * length and its items. `spawn` refuses whatever is missing, misplaced or left over.
 */
class MessageWriter {
  readonly #parts: Buffer[] = [];

  value(value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    this.#parts.push(Buffer.from(`${bytes.length}:`), Buffer.from(bytes), Buffer.from(','));
    return this;
  }
  field(name: string, value: string | number): this {
    return this.value(name).value(String(value));
  }
  flag(name: string, value: boolean): this {
    return this.field(name, value ? 1 : 0);
  }
  list(name: string, values: string[]): this {
    this.field(name, values.length);
    for (const value of values) this.value(value);
    return this;
  }
  message(): Buffer {
    const body = Buffer.concat(this.#parts);
    return Buffer.concat([Buffer.from(`${body.length}:`), body, Buffer.from(',')]);
  }
}

function asVariables(environment: Record<string, string>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

function writePathBelow(message: MessageWriter, { prefix, path }: HostPathBelow): void {
  message.field('prefix', prefix).field('path', path);
}

function writeFlags(message: MessageWriter, flags: MountFlags): void {
  for (const name of ['readOnly', 'nosuid', 'nodev', 'noexec', 'nosymfollow'] as const)
    message.flag(name, flags[name]);
}

/** What a tmpfs is mounted with where its spec does not say. */
const SCRATCH_FLAGS: MountFlags = {
  readOnly: false,
  nosuid: true,
  nodev: true,
  noexec: false,
  nosymfollow: false,
};

function writeMount(message: MessageWriter, mount: TreeMount): void {
  message.field('kind', mount.kind).field('target', mount.target);
  switch (mount.kind) {
    case 'storage':
      message.field('source', mount.path).flag('readOnly', mount.readOnly ?? false);
      break;
    case 'tmpfs':
      message
        .field('size', mount.size)
        .field('mode', mount.mode)
        .field('inodes', mount.inodes ?? 0);
      writeFlags(message, { ...SCRATCH_FLAGS, ...mount });
      break;
    case 'file':
      message.field('content', mount.content);
      break;
    case 'bind':
      writePathBelow(message, mount.source);
      message.flag('idmapped', mount.idmapped).field('propagation', mount.propagation);
      writeFlags(message, mount);
      break;
    case 'overlay':
      message.field('lowers', mount.lowers.length);
      for (const lower of mount.lowers) writePathBelow(message, lower);
      message.field('upper', mount.upper).field('work', mount.work);
      writeFlags(message, mount);
  }
}

function writeRoot(message: MessageWriter, root: TreeRoot): void {
  message.field('root', root.kind);
  if (root.kind === 'directory') message.field('rootPath', root.path).flag('rootReadOnly', root.readOnly);
  if (root.kind === 'overlay')
    message
      .list('rootLowers', root.lowers)
      .field('rootUpper', root.upper)
      .field('rootWork', root.work)
      .flag('rootReadOnly', root.readOnly);
}

function writeConfinement(message: MessageWriter, confinement: TreeConfinement): void {
  message
    .flag('noNewPrivileges', confinement.noNewPrivileges)
    .flag('chroot', confinement.chroot)
    .field('proc', confinement.proc)
    .flag('mountBroker', confinement.mounts);
}

function writeResourceLimits(message: MessageWriter, limits: Record<string, number>): void {
  const entries = Object.entries(limits);
  message.field('resourceLimits', entries.length);
  for (const [name, value] of entries) message.field('resource', name).field('limit', value);
}

export function startMessage(spec: TreeSpec): Buffer {
  const message = new MessageWriter()
    .field('runDirectory', spec.runDirectory)
    .field('hostname', spec.hostname)
    .field('idBase', spec.idBase)
    .field('idCount', spec.idCount)
    .field('netns', spec.netns)
    .list('cgroupProcsFiles', spec.cgroupProcsFiles);
  writeRoot(message, spec.root);
  message.field('mounts', spec.mounts.length);
  for (const mount of spec.mounts) writeMount(message, mount);
  message
    .list('command', spec.command ?? [])
    .list('environment', asVariables(spec.environment))
    .field('uid', spec.uid)
    .field('gid', spec.gid)
    .list('capabilities', spec.capabilities);
  writeConfinement(message, spec.confinement);
  writeResourceLimits(message, spec.resourceLimits);
  return message
    .list('devices', spec.devices)
    .field('keeperUid', spec.keeperUid)
    .field('keeperGid', spec.keeperGid)
    .field('consoleBytes', spec.consoleBytes)
    .message();
}

/** `bounds` is what the tree was started with. */
export function execMessage(request: ExecRequest, init: TreeProcess, bounds: TreeBounds): Buffer {
  const term: Record<string, string> = request.tty ? { TERM: request.tty.term } : {};
  const message = new MessageWriter()
    .field('init', init.pid)
    .field('initStart', init.startTime)
    .field('runDirectory', request.runDirectory)
    .list('cgroupProcsFiles', request.cgroupProcsFiles)
    .list('command', request.command)
    .list('environment', asVariables({ ...term, ...request.environment }))
    .field('uid', request.uid)
    .field('gid', request.gid)
    .field('capabilitySet', bounds.capabilities);
  writeConfinement(message, bounds.confinement);
  writeResourceLimits(message, bounds.resourceLimits);
  return message
    .field('tty', request.tty ? 1 : 0)
    .field('rows', request.tty?.rows ?? 0)
    .field('columns', request.tty?.columns ?? 0)
    .field('ownProgram', request.ownProgram ? 1 : 0)
    .message();
}
