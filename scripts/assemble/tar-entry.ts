/**
 * One file of a tar archive (POSIX ustar), padded to whole blocks. Owner, dates and order are ours to choose, so
 * that the same files always make the same archive. Names up to 100 bytes, which all of ours have.
 */
export function tarEntry(name: string, mode: number, content: Buffer): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`too long for a name in the archive: ${name}`);
  const header = Buffer.alloc(BLOCK);
  const put = (text: string, at: number) => header.write(text, at, 'latin1');
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  put(name, 0);
  put(octal(mode, 7), 100);
  put(octal(0, 7), 108); // root's
  put(octal(0, 7), 116);
  put(octal(content.length, 11), 124);
  put(octal(0, 11), 136); // 1970
  put('        ', 148); // the sum is taken with blanks in its place
  put('0', 156); // a regular file
  put('ustar\0' + '00', 257);
  put(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    ),
    148,
  );
  return Buffer.concat([header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

const BLOCK = 512;

/** What ends an archive. */
export const tarEnd = Buffer.alloc(2 * BLOCK);
