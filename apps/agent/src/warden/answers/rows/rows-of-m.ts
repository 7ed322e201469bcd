import type { Row } from '../row.ts';
import { THE_DAEMON } from './the-daemon.ts';
import { APART_FROM_THE_HOST } from './view-apart.ts';
import { HOW_A_VIEW_IS_MADE } from './view-made.ts';
import { WHAT_A_JAIL_MAY } from './view-powers.ts';
import { WHO_MAY_WRITE } from './view-writes.ts';

export const ROWS_OF_M: readonly Row[] = [
  ...APART_FROM_THE_HOST,
  ...HOW_A_VIEW_IS_MADE,
  ...WHO_MAY_WRITE,
  ...WHAT_A_JAIL_MAY,
  THE_DAEMON,
];
