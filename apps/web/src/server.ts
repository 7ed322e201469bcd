import { startDashboard } from './server/dashboard.ts';
import { readEnv } from './server/env.ts';

const dashboard = await startDashboard(readEnv(process.env));
console.log(`dashboard listens on ${dashboard.address}`);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void dashboard.stop().finally(() => process.exit(0));
  });
}
