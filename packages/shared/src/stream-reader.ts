/**
 * Who reads a stream of a jail's output may give itself an id (a uuid) with the subscription and say from time
 * to time, by `jail.took`, how much it has read: no more than this is then on the way to it, in bytes as
 * `weightOf` counts them, and a piece. Without it a reader that is slow would be waited for in the memory of
 * everybody between.
 */
export const READER_WINDOW = 512 * 1024;

/** Of the frame, and of what holds it. */
const EACH = 256;

/** How much memory a piece of a stream costs, in bytes; both ends count the same. */
export function weightOf(piece: unknown): number {
  const data = typeof piece === 'object' && piece !== null && 'data' in piece ? piece.data : undefined;
  return EACH + (typeof data === 'string' ? data : (JSON.stringify(piece) ?? '')).length;
}
