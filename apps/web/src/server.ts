import { startDashboard } from './server/dashboard.ts';
import { readEnv } from './server/env.ts';

// Next takes uncaught errors for its own and goes on: what cannot start must end, and be started again.
const dashboard = await Promise.resolve()
  .then(() => startDashboard(readEnv(process.env)))
  .catch((error: Error) => {
    console.error(`the dashboard does not start: ${error.message}`);
    console.error(error.stack);
    process.exit(1);
  });
console.log(`dashboard listens on ${dashboard.address}`);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void dashboard.stop().finally(() => process.exit(0));
  });
}
