/**
 * Undoes what a program at a console may have asked of a terminal and did not take back, because it runs on (xterm's
 * control sequences; ECMA-48). Its contents stay, and so does the cursor where it is.
 */
export const TERMINAL_RESET = [
  '\u001b[?1047l', // the alternate screen, without the cursor's jump of 1049
  '\u001b[!p', // soft reset: scrolling region, origin, insertion, keys
  '\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1004l\u001b[?1005l\u001b[?1006l\u001b[?1015l', // mouse, focus
  '\u001b[?2004l', // bracketed paste
  '\u001b[?25h', // the cursor is shown
  '\u001b[m', // colours
].join('');
