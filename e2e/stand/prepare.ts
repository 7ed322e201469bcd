import path from 'node:path';
import { mustRun } from './run-program.ts';

/** Before the first stand: packages are fetched here, because a stand's namespaces reach no registry. */
export default async function prepare(): Promise<void> {
  await mustRun([path.join(import.meta.dirname, '../../cellblock'), '--help'], { timeoutMs: 600_000 });
}
