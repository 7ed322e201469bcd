import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { createLinuxKernel } from '../lib/linux-kernel.ts';
import { kernelApart } from './kernel-apart.ts';
import { kernelContract } from './kernel-contract.ts';

const kernel = createLinuxKernel();
const directory = `/run/cellblock-test${process.pid}`;
const started: ChildProcess[] = [];

afterAll(() => rm(directory, { recursive: true, force: true }));

kernelContract('Linux', {
  kernel,
  directory,
  async startProcess(o) {
    const child = spawn('/bin/sleep', ['600'], { stdio: 'ignore' });
    started.push(child);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const files = o?.cgroup === undefined ? [] : await kernel.cgroupProcsFiles({ name: o.cgroup });
    for (const file of files) await writeFile(file, String(pid));
    return pid;
  },
  async apart() {
    const { kernel: itsKernel, process: child } = await kernelApart();
    started.push(child);
    return itsKernel;
  },
  async endProcesses() {
    for (const child of started.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  },
  async makeDirectory(name) {
    await mkdir(`${directory}/${name}`, { recursive: true });
    return `${directory}/${name}`;
  },
  async makeFileSystem(name) {
    await promisify(execFile)('/sbin/mkfs.ext4', ['-q', '-F', `${directory}/${name}`, '1024k']);
    return `${directory}/${name}`;
  },
});
