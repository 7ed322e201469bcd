import { downloadName } from '@cellblock/shared/download-name';
import { DOWNLOAD_PATH } from '@cellblock/shared/download-path';
import { TRPCClientError } from '@trpc/client';

/** Has the browser keep a file of a jail, under a name that is none of a place. Throws as a call of the router does. */
export async function downloadFile(asked: { jail: string; path: string }): Promise<{ name: string }> {
  const answer = await fetch(DOWNLOAD_PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(asked),
  }).catch((error: Error) => {
    throw new TRPCClientError(error.message, { cause: error });
  });
  if (!answer.ok) throw await refusalIn(answer);
  const name = downloadName(asked.path);
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return { name };
}

async function refusalIn(answer: Response): Promise<Error> {
  const told = (await answer.json().catch(() => ({}))) as { message?: string; refusal?: object };
  const message = told.message ?? `The dashboard answered with status ${answer.status}.`;
  const code = answer.status === 401 ? 'UNAUTHORIZED' : 'BAD_REQUEST';
  const error = { code: -32600, message, data: { code, refusal: told.refusal } };
  return new TRPCClientError(message, { result: { error } as never });
}
