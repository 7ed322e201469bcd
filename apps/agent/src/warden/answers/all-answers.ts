import type { Row } from './row.ts';
import { LOOK_BACK_ROWS } from './rows/cross.ts';
import { killedAgain } from './rows/killed-agent.ts';
import { ROWS_OF_C } from './rows/rows-of-c.ts';
import { ROWS_OF_H } from './rows/rows-of-h.ts';
import { ROWS_OF_K } from './rows/rows-of-k.ts';
import { ROWS_OF_M } from './rows/rows-of-m.ts';
import { ROWS_OF_W } from './rows/rows-of-w.ts';

/** The test of every sentence, in the order in which they are run. */
export const ALL_ANSWERS: readonly Row[] = [
  ...ROWS_OF_M,
  ...ROWS_OF_K,
  ...ROWS_OF_C,
  ...ROWS_OF_H,
  ...ROWS_OF_W,
  killedAgain,
  ...LOOK_BACK_ROWS,
];
