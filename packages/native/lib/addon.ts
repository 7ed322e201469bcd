import { createRequire } from 'node:module';
import { join } from 'node:path';
import { KernelError } from './kernel-error.ts';

/** A verb of the addon: one options object in, a promise of plain values out. */
export type AddonVerb = (options: object) => Promise<unknown>;

interface Refusal {
  step: string;
  code: string;
  errno: number;
  detail?: string;
}

let loaded: Record<string, AddonVerb> | undefined;

/** The compiled addon, from the directory named by CELLBLOCK_NATIVE or from this package's own build. */
function loadAddon(): Record<string, AddonVerb> {
  const directory = process.env.CELLBLOCK_NATIVE ?? join(import.meta.dirname, '../build/Release');
  loaded ??= createRequire(import.meta.url)(join(directory, 'cellblock.node')) as Record<string, AddonVerb>;
  return loaded;
}

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'step' in error && 'code' in error && 'errno' in error;
}

/** Calls a verb of the addon; its refusals become KernelError. The caller knows what the verb answers. */
export async function callAddon<T>(verb: string, options: object): Promise<T> {
  const call = loadAddon()[verb];
  if (!call) throw new TypeError(`the addon has no verb ${verb}`);
  try {
    return (await call(options)) as T;
  } catch (error) {
    throw isRefusal(error) ? new KernelError(error.step, error.code, error.errno, error.detail) : error;
  }
}
