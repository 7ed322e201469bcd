import type { Row } from '../row.ts';

export const ROWS_OF_W: readonly Row[] = [];
