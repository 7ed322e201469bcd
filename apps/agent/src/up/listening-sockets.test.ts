import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { holderOfPort, listenersIn } from './listening-sockets.ts';
import { checkPort } from './port-check.ts';

test('only listening sockets are read from the table', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1CFC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1',
    '   1: 0100007F:1CFC 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 12346 1',
    '',
  ].join('\n');
  expect(listenersIn(table)).toEqual([{ port: 7420, inode: '12345' }]);
});

test('who holds a port is named, and a free one is let pass', async () => {
  const server = net.createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    expect(holderOfPort(port)).toMatchObject({ pid: process.pid, program: expect.stringContaining('node') });
    await expect(checkPort(port, '127.0.0.1', [])).rejects.toMatchObject({
      refusal: { code: 'conflict', field: 'port', cause: expect.stringContaining(`Process ${process.pid} `) },
    });
    await checkPort(port, '127.0.0.1', [process.pid]);
  } finally {
    server.close();
    await once(server, 'close');
  }
  await checkPort(port, '127.0.0.1', []);
});

test("an address that the machine does not have and a port that is root's are refused", async () => {
  await expect(checkPort(7420, '192.0.2.1', [])).rejects.toMatchObject({ refusal: { field: 'listen' } });
  await expect(checkPort(80, '127.0.0.1', [])).rejects.toMatchObject({ refusal: { field: 'port' } });
});
