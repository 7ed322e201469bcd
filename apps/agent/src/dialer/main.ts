import { DEFAULT_DATA_DIRECTORY, dataDirectory } from '@cellblock/shared/data-directory';
import { keepDialled } from './dial.ts';

/** The only part of the agent with a network, and without any right: it holds no key and reads no frame. */
const place = dataDirectory(process.env.CELLBLOCK_DATA ?? DEFAULT_DATA_DIRECTORY);
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

await keepDialled(
  { file: place.dialerFile, socket: place.dialerSocket },
  {
    signal: stop.signal,
    pingEvery: 5_000,
    say: (line) => console.error(`${new Date().toISOString()} ${line}`),
  },
);
