import { KernelError } from './kernel-error.ts';
import type { ExecRequest, TreeMount, TreeProcess, TreeSpec } from './process-tree.ts';

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

function writeMount(message: MessageWriter, mount: TreeMount): void {
  message.field('kind', mount.kind).field('target', mount.target);
  if (mount.kind === 'storage') message.field('source', mount.path).field('readOnly', mount.readOnly ? 1 : 0);
  else if (mount.kind === 'tmpfs') message.field('size', mount.size).field('mode', mount.mode);
  else if (mount.kind === 'file') message.field('content', mount.content);
  else throw new KernelError(`mount ${mount.kind} at ${mount.target}`, 'ENOSYS', 38);
}

export function startMessage(spec: TreeSpec): Buffer {
  const message = new MessageWriter()
    .field('runDirectory', spec.runDirectory)
    .field('hostname', spec.hostname)
    .field('idBase', spec.idBase)
    .field('idCount', spec.idCount)
    .field('netns', spec.netns)
    .list('cgroupProcsFiles', spec.cgroupProcsFiles)
    .field('root', spec.root.kind);
  if (spec.root.kind === 'directory')
    message.field('rootPath', spec.root.path).field('rootReadOnly', spec.root.readOnly ? 1 : 0);
  message.field('mounts', spec.mounts.length);
  for (const mount of spec.mounts) writeMount(message, mount);
  return message
    .list('command', spec.command ?? [])
    .list('environment', asVariables(spec.environment))
    .field('uid', spec.uid)
    .field('gid', spec.gid)
    .list('capabilities', spec.capabilities)
    .field('keeperUid', spec.keeperUid)
    .field('keeperGid', spec.keeperGid)
    .field('consoleBytes', spec.consoleBytes)
    .message();
}

/** `capabilities` is the set that the tree was started with, as a number in decimal. */
export function execMessage(request: ExecRequest, init: TreeProcess, capabilities: string): Buffer {
  const term: Record<string, string> = request.tty ? { TERM: request.tty.term } : {};
  return new MessageWriter()
    .field('init', init.pid)
    .field('initStart', init.startTime)
    .list('cgroupProcsFiles', request.cgroupProcsFiles)
    .list('command', request.command)
    .list('environment', asVariables({ ...term, ...request.environment }))
    .field('uid', request.uid)
    .field('gid', request.gid)
    .field('capabilitySet', capabilities)
    .field('tty', request.tty ? 1 : 0)
    .field('rows', request.tty?.rows ?? 0)
    .field('columns', request.tty?.columns ?? 0)
    .message();
}
