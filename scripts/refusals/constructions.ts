/** One place in the source that makes a refusal: where it is, and the whole call as it is written. */
export interface Construction {
  /** `apps/agent/src/up/down.ts:41` */
  where: string;
  text: string;
}

/** Every call in `text` that begins with `opening`, whose last character is its parenthesis. */
export function constructionsIn(file: string, text: string, opening: RegExp): Construction[] {
  return [...text.matchAll(opening)].map(({ index, 0: begins }) => ({
    where: `${file}:${text.slice(0, index).split('\n').length}`,
    text: text.slice(index, endOfCall(text, index + begins.length)),
  }));
}

/** After the bracket that closes the call; strings and templates may hold others. */
function endOfCall(text: string, from: number): number {
  let depth = 1;
  let quote = '';
  const templates: number[] = [];
  for (let at = from; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (quote) {
      if (sign === '\\') at += 1;
      else if (sign === quote) quote = '';
      else if (quote === '`' && text.startsWith('${', at)) {
        templates.push(depth);
        quote = '';
        depth += 1;
        at += 1;
      }
    } else if (/["'`]/.test(sign)) quote = sign;
    else if (/[([{]/.test(sign)) depth += 1;
    else if (/[)\]}]/.test(sign)) {
      depth -= 1;
      if (depth === 0) return at + 1;
      if (depth === templates.at(-1)) {
        templates.pop();
        quote = '`';
      }
    }
  }
  return text.length;
}
