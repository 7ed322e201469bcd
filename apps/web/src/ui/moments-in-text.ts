/** A piece of a sentence: words as they are, or a moment that stood among them. */
export type Piece = string | Date;

const MOMENT =
  /\b(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z|\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})? UTC|\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? UTC)/g;

/** Cuts out the moments that a sentence of the server tells in UTC, in the forms that it uses. */
export function momentsIn(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { index, 0: said } of text.matchAll(MOMENT)) {
    const at = new Date(said);
    if (Number.isNaN(at.getTime())) continue;
    if (index > from) pieces.push(text.slice(from, index));
    pieces.push(at);
    from = index + said.length;
  }
  if (from < text.length || pieces.length === 0) pieces.push(text.slice(from));
  return pieces;
}
