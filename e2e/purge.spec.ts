import { expect, test } from '@playwright/test';
import { instanceOfData } from './stand/end-instance.ts';
import { difference, kernelState, ofOthers } from './stand/kernel-state.ts';
import { answerFrom, serveNonce } from './stand/nonce.ts';
import { makeStand, type Stand } from './stand/stand.ts';

let stand: Stand;
test.beforeAll(async () => {
  stand = await makeStand();
});
test.afterAll(async () => {
  test.setTimeout(120_000);
  await stand?.close();
});

test('agent purge leaves the kernel as it was, and the control shows that it was changed', async () => {
  test.setTimeout(900_000);
  const before = await kernelState(stand.segment.site);
  await stand.up();
  for (const line of [
    ['network', 'create', 'inner', '--kind', 'bridge', '--subnet', '10.20.0.0/24', '--nat'],
    ['create', 'a', '--memory', '128M', '--pids', '50'],
    ['create', 'b', '--ephemeral'],
    ['create', 'c', '--network', 'none'],
    ['stop', 'b'],
    ['destroy', 'c', '--yes'],
  ]) {
    const ended = await stand.cellblock(line);
    expect(ended, `${line.join(' ')}: ${ended.stderr}`).toMatchObject({ exitCode: 0 });
  }
  const nonce = await serveNonce(stand, 'a');
  const [address = ''] = (await stand.json<{ seen: { addresses: string[] } }>('show', 'a')).seen.addresses;

  const instance = instanceOfData(stand.data) ?? '';
  const changed = async () =>
    difference(before, await kernelState(stand.segment.site)).filter((line) => !ofOthers(line, instance));

  // Control: while it runs, each kind of thing that purge removes is there and is seen by this comparison.
  const during = (await changed()).join('\n');
  for (const kind of ['link in site', 'nft in site', 'run', 'cgroup', 'process'])
    expect(during).toContain(`+ ${kind}: `);
  // What runs in a jail and what was started on the host's network, each by what says whose it is.
  for (const mark of [`cellblock-${instance}`, 'on site'])
    expect(during).toMatch(new RegExp(`\\+ process: \\d+ \\S+ ${mark}$`, 'm'));
  expect(ofOthers('+ process: 9 /usr/bin/perl cellblock-00000000', instance)).toBe(true);

  // down leaves the jail running: it answers without dashboard and agent.
  const down = await stand.cellblock(['down']);
  expect(down).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('a') });
  expect(await answerFrom(stand.segment.site, address)).toBe(nonce);

  const purge = await stand.cellblock(['agent', 'purge', '--yes']);
  expect(purge, purge.stderr).toMatchObject({ exitCode: 0 });
  expect(await answerFrom(stand.segment.site, address, 1)).toBeNull();
  expect(await changed()).toEqual([]);
});
