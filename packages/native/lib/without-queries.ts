/** What a terminal answers to by itself, as if it had been typed (ECMA-48, xterm's control sequences). */
const QUERIES = new RegExp(
  [
    '\\x05', // who are you (ENQ)
    '\\x1bZ', // and once more (DECID)
    '\\x1b\\[[?=>]?[0-9;]*c', // device attributes
    '\\x1b\\[\\??[0-9;]*n', // status, where the cursor is
    '\\x1b\\[[0-9;]*x', // parameters
    '\\x1b\\[\\??[0-9;]*\\$p', // whether a mode is on
    '\\x1b\\[>[0-9;]*q', // its version
    '\\x1b\\[\\?u', // what its keys send
    '\\x1b\\[(?:1[1345689]|2[01])(?:;[0-9;]*)?t', // its window, its title
    '\\x1bP[+$]q[^\\x1b]*\\x1b\\\\', // capabilities and settings
    '\\x1b\\][0-9;]*;\\?(?:\\x07|\\x1b\\\\)', // colours
    '\\x1b\\]52;[^;\\x07\\x1b]*;\\?(?:\\x07|\\x1b\\\\)', // the clipboard
  ].join('|'),
  'g',
);

/**
 * What was written to a terminal long ago, for one that shows it now: its questions are left out. Whoever asked is
 * there no more, and what answered them would be taken for somebody's typing.
 */
export function withoutQueries(data: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(data).toString('latin1').replace(QUERIES, ''), 'latin1');
}
