/** Bytes of one request: what a host takes at once, in base64, less some room. */
const PART = 512 * 1024;

/** A name as `UploadName` has it, out of a file's own: what it may not hold is a dash. */
export const plainName = (file: string): string =>
  file
    .replace(/[^A-Za-z0-9._+-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 128);

/** Sends a file part by part, each when the one before was taken; an empty part is the last. */
export async function sendArchive(
  file: Blob,
  feed: (data: string) => Promise<unknown>,
  sent: (bytes: number) => void,
): Promise<void> {
  for (let at = 0; at < file.size; at += PART) {
    const part = file.slice(at, at + PART);
    await feed(base64Of(new Uint8Array(await part.arrayBuffer())));
    sent(at + part.size);
  }
  await feed('');
}

function base64Of(bytes: Uint8Array): string {
  const pieces: string[] = [];
  // A call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return btoa(pieces.join(''));
}
