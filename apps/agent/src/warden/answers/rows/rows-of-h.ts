import type { Row } from '../row.ts';

export const ROWS_OF_H: readonly Row[] = [];
