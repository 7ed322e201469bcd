import { isKernelError } from '@cellblock/native/kernel-error';
import type { StepKind, StepOf } from '@cellblock/shared/step';
import type { WardenHost } from '../warden-host.ts';

/** What an executor reports for the receipt: the fact before and after, as far as it knows them. */
export interface Applied {
  before: unknown;
  after: unknown;
}

export type Executor<Kind extends StepKind> = (host: WardenHost, step: StepOf<Kind>) => Promise<Applied>;

/** Makes a fact true; the codes say that it already was. */
export async function made(act: Promise<unknown>, fact: unknown, ...alreadyTrue: string[]): Promise<Applied> {
  try {
    await act;
    return { before: null, after: fact };
  } catch (error) {
    if (isKernelError(error, ...alreadyTrue) && alreadyTrue.length > 0) return { before: fact, after: fact };
    throw error;
  }
}

/** Makes a fact untrue; the codes say that it already was. */
export async function gone(act: Promise<unknown>, fact: unknown, ...alreadyGone: string[]): Promise<Applied> {
  try {
    await act;
    return { before: fact, after: null };
  } catch (error) {
    if (isKernelError(error, ...alreadyGone) && alreadyGone.length > 0) return { before: null, after: null };
    throw error;
  }
}
