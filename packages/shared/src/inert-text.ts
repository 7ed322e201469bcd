/** Control characters, and characters that turn, hide or join what stands beside them (Unicode TR 36 and 39). */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}]/gu;

/** A name or text that a jail made, as it can be shown: what is not plain in it is written as an escape. `keep`:
 *  characters that are left, such as line ends. */
export function inertText(text: string, keep = ''): string {
  return text.replace(ACTIVE, (character) =>
    keep.includes(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same JSON, with whatever is active in its strings as an escape: a terminal or an editor shows it, and a parser
 *  reads what was there. */
export function inertJson(json: string): string {
  return json.replace(ACTIVE, (character) => (character === '\n' ? character : escapesOf(character)));
}

const escapesOf = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');

/** Whether anything in it is active. */
export const hasActiveText = (text: string): boolean => text.search(ACTIVE) >= 0;
