import type { Row } from '../row.ts';
import { ownMountNamespace } from './m7-own-mounts.ts';

export const ROWS_OF_M: readonly Row[] = [ownMountNamespace];
