import type { Identity, RequestContext } from '../api/request-context.ts';

/**
 * A stream that ends with its connection and also with the session or token behind it: whoever is sent away
 * sees nothing of what comes after.
 */
export async function* whileSignedIn<T>(
  ctx: Pick<RequestContext, 'services'> & { identity: Identity },
  signal: AbortSignal | undefined,
  stream: (signal: AbortSignal) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const { changes } = ctx.services;
  const sentAway = new AbortController();
  const hear = ({ topics }: { topics: string[] }) => {
    if (topics.includes(`session/${ctx.identity.session.id}`)) sentAway.abort();
  };
  changes.on('changed', hear);
  try {
    yield* stream(signal ? AbortSignal.any([signal, sentAway.signal]) : sentAway.signal);
  } finally {
    changes.off('changed', hear);
  }
}
