import { rmSync } from 'node:fs';
import { afterAll } from 'vitest';
import { createLinuxKernel } from '../lib/linux-kernel.ts';
import { kernelContract } from './kernel-contract.ts';

const directory = `/run/cellblock-test${process.pid}`;
afterAll(() => rmSync(directory, { recursive: true, force: true }));
kernelContract('Linux', createLinuxKernel(), directory);
