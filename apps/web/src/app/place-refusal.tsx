import type { Refusal } from '@cellblock/shared/app-error';
import type { ReactNode } from 'react';
import { refusalOf } from '@/trpc/refusal';
import { RefusalPanel } from './refusal-panel';

/** What failed, why, and what to do, as one text for a field. */
export const sentences = ({ message, cause, fix }: Pick<Refusal, 'message' | 'cause' | 'fix'>): string =>
  [message, cause !== message && cause, fix].filter(Boolean).join(' ');

interface PlacedRefusal<Field> {
  /** what stands at a field */
  at: (field: Field) => string | undefined;
  /** what belongs to none of them, as a panel; null while there is nothing */
  rest: ReactNode;
}

/** The server's no to a form: each sentence stands at the field where it can be mended. */
export function placeRefusal<Field extends string>(
  error: unknown,
  fields: readonly Field[],
): PlacedRefusal<Field> {
  const refused = error ? refusalOf(error) : null;
  const place = fields.find((field) => field === refused?.field);
  return {
    at: (field) => (refused && field === place ? sentences(refused) : undefined),
    rest: refused && !place ? <RefusalPanel error={error} /> : null,
  };
}

/** The server's no to a list: about the filter it stands there, about anything else in place of the list. */
export function placeFilterRefusal(error: unknown, q: string, onRetry: () => void) {
  const refused = error ? refusalOf(error) : null;
  const ofFilter = refused?.code === 'invalid' && q !== '';
  return {
    atFilter: refused && ofFilter ? sentences(refused) : undefined,
    rest: refused && !ofFilter ? <RefusalPanel error={error} onRetry={onRetry} /> : null,
  };
}
