import { runStage } from './assemble/stage.ts';
import { addon, prismaClient, programs } from './assemble/stages.ts';

/** What types and tests need beside the sources: the addon, the static programs, the database client. */
try {
  for (const stage of [addon, programs, prismaClient]) runStage(stage);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
