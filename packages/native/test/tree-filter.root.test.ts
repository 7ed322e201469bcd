import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProcessTrees } from '../lib/process-tree.ts';
import { BUILD_MS, linesByName, TreeFixture } from './tree-fixture.ts';

// The default filter: each refused call is made again by the mutant without that part of the filter.

let fixture: TreeFixture;
let withoutList: ProcessTrees;
let withoutRules: ProcessTrees;
let withoutFilter: ProcessTrees;

beforeAll(async () => {
  fixture = await TreeFixture.create();
  withoutList = await fixture.without('allowed-calls');
  withoutRules = await fixture.without('argument-rules');
  withoutFilter = await fixture.without('allowed-calls,argument-rules');
}, BUILD_MS);
afterAll(() => fixture.remove());

async function calls(trees: ProcessTrees, group: string): Promise<Record<string, string>> {
  return linesByName(await fixture.run(trees, ['/probes/calls', group]));
}

test('options that bind a foreign address are refused, whatever the high bits say', async () => {
  expect(await calls(fixture.trees, 'socket-options')).toEqual({
    freebind: 'EPERM',
    freebind6: 'EPERM',
    'freebind-high-level': 'EPERM',
    'freebind-high-name': 'EPERM',
    reuseaddr: 'ok',
  });
  const control = await calls(withoutRules, 'socket-options');
  expect(new Set(Object.values(control))).toEqual(new Set(['ok']));
});

test('an address that was not given cannot be bound', async () => {
  expect(await calls(fixture.trees, 'bind-foreign')).toEqual({ 'bind-foreign': 'EADDRNOTAVAIL' });
  expect(await calls(withoutRules, 'bind-foreign')).toEqual({ 'bind-foreign': 'ok' });
});

test('only unix, inet, inet6 and netlink-route sockets exist, and no protocol that the host would load', async () => {
  const refused = { 'netlink-generic': 'EAFNOSUPPORT', 'netlink-netfilter': 'EAFNOSUPPORT' };
  expect(await calls(fixture.trees, 'families')).toEqual({
    ...refused,
    unix: 'ok',
    inet: 'ok',
    inet6: 'ok',
    tcp: 'ok',
    // Past the filter: whose groups may ping is a setting of the network, which this one lacks.
    ping: 'EACCES',
    udplite: 'EPROTONOSUPPORT',
    'udplite-high': 'EPROTONOSUPPORT',
    sctp: 'EPROTONOSUPPORT',
    'packets-in-order': 'ESOCKTNOSUPPORT',
    'netlink-route': 'ok',
    vsock: 'EAFNOSUPPORT',
    'vsock-high': 'EAFNOSUPPORT',
    packet: 'EAFNOSUPPORT',
  });
  const control = await calls(withoutRules, 'families');
  expect(control).toMatchObject({ udplite: 'ok', 'udplite-high': 'ok' });
  expect(control).toMatchObject({ 'netlink-generic': 'ok', 'netlink-netfilter': 'ok', packet: 'EPERM' });
  // Where this kernel has vsock at all, it is the same for the whole machine, whatever the network namespace.
  if (control.vsock !== 'EAFNOSUPPORT') expect(control).toMatchObject({ vsock: 'ok', 'vsock-high': 'ok' });
});

test('no namespace is made or entered, and clone3 does not exist', async () => {
  expect(await calls(fixture.trees, 'namespaces')).toEqual({
    unshare: 'EPERM',
    clone: 'EPERM',
    clone3: 'ENOSYS',
    setns: 'EPERM',
  });
  expect(await calls(withoutList, 'namespaces')).toMatchObject({
    unshare: 'ENOSPC',
    clone3: 'ok',
    clone: 'EPERM',
  });
  const open = await fixture.without('allowed-calls,argument-rules,no-nested-user-namespaces');
  expect(await calls(open, 'namespaces')).toMatchObject({ unshare: 'ok', clone: 'ok', clone3: 'ok' });
});

test('keys, io_uring, bpf, perf, userfaultfd and their like are refused', async () => {
  expect(await calls(fixture.trees, 'kernel-doors')).toEqual({
    add_key: 'EPERM',
    keyctl: 'EPERM',
    io_uring: 'EPERM',
    bpf: 'EPERM',
    perf: 'EPERM',
    userfaultfd: 'EPERM',
    memfd_secret: 'EPERM',
    kcmp: 'EPERM',
    personality: 'EPERM',
    'personality-query': 'ok',
    unknown: 'ENOSYS',
    getpid: 'ok',
  });
  const control = await calls(withoutFilter, 'kernel-doors');
  expect(control).toMatchObject({
    add_key: 'ok',
    keyctl: 'ok',
    io_uring: 'ok',
    userfaultfd: 'ok',
    kcmp: 'ok',
    personality: 'ok',
  });
});

test('the 32-bit entry into the kernel does not exist', async () => {
  expect(await calls(fixture.trees, 'foreign-abi')).toEqual({ int80: 'ENOSYS', x32: 'ENOSYS' });
  expect((await calls(withoutFilter, 'foreign-abi')).int80).toBe('ok');
});

test('nobody types into a terminal from inside', async () => {
  expect(await calls(fixture.trees, 'inject')).toEqual({
    tiocsti: 'EPERM',
    'tiocsti-high': 'EPERM',
    'window-size': 'ok',
  });
  const control = await calls(withoutRules, 'inject');
  // EIO: this kernel has the old call switched off for everyone.
  if (control.tiocsti !== 'EIO') expect(control).toMatchObject({ tiocsti: 'ok', 'tiocsti-high': 'ok' });
});

test('ordinary programs run', async () => {
  const script = [
    'set -e',
    'cd /tmp; echo text > file; cp file copy; ln -s copy link; chmod 600 copy; touch -d yesterday file',
    'tar cf all.tar file copy link; sort -R /usr/bin/ldd >/dev/null; date >/dev/null; sleep 0.01',
    'perl -e "use Socket; socket(S, PF_INET, SOCK_STREAM, 0) or die; fork or exit; wait"',
    'python3 -c "import threading,subprocess,ssl,multiprocessing as m; threading.Thread(target=print).start(); subprocess.run([\'true\'],check=True); m.Process(target=print).start()" 2>&1 || ! command -v python3',
    'setpriv --reuid=1000 --regid=1000 --clear-groups id -u',
    'echo well',
  ].join('\n');
  expect(await fixture.run(fixture.trees, ['/bin/sh', '-c', script])).toMatch(/1000\nwell\n$/);
});
