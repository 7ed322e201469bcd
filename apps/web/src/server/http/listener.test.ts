import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownCertificate } from '../tls/own-certificate.ts';
import { type Listener, makeListener } from './listener.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'cellblock-listener-'));
const own = ownCertificate(directory, ['localhost', '127.0.0.1']);
let both: Listener;
let plainOnly: Listener;
let port: number;
let plainPort: number;

beforeAll(async () => {
  both = makeListener(own);
  plainOnly = makeListener(null);
  for (const [server, word] of [
    [both.servers.plain, 'plain'],
    [both.servers.tls, 'tls'],
    [plainOnly.servers.plain, 'plain'],
  ] as const)
    server?.on('request', (_, response) => response.end(word));
  ({ port } = await both.listen(0, '0.0.0.0'));
  ({ port: plainPort } = await plainOnly.listen(0, '127.0.0.1'));
});
afterAll(async () => {
  await both.close();
  await plainOnly.close();
  rmSync(directory, { recursive: true, force: true });
});

function get(url: string, options: https.RequestOptions = {}): Promise<{ status: number; text: string }> {
  const library = url.startsWith('https') ? https : http;
  return new Promise((resolve, reject) => {
    const request = library.get(url, { ...options, agent: false }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
  });
}

describe('one port', () => {
  it('answers plain and TLS by the first byte', async () => {
    expect(await get(`http://127.0.0.1:${port}/`)).toEqual({ status: 200, text: 'plain' });
    expect(await get(`https://127.0.0.1:${port}/`, { ca: own.cert })).toEqual({ status: 200, text: 'tls' });
    expect(await get(`https://localhost:${port}/`, { ca: own.cert, family: 4 })).toEqual({
      status: 200,
      text: 'tls',
    });
  });

  it('has a certificate that nobody trusts who was not told to', async () => {
    await expect(get(`https://127.0.0.1:${port}/`)).rejects.toThrow(/self-signed|unable to verify/);
  });

  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
  it.skipIf(outside === undefined)('answers plain on loopback only, and says so elsewhere', async () => {
    const answer = await get(`http://${outside}:${port}/`);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('use https://');
  });

  it('hangs up on TLS where it has no certificate', async () => {
    await expect(get(`https://127.0.0.1:${plainPort}/`)).rejects.toThrow();
    expect((await get(`http://127.0.0.1:${plainPort}/`)).text).toBe('plain');
  });

  it('outlives clients that send nothing, or rubbish', async () => {
    await new Promise<void>((resolve) => {
      const socket = net.connect(plainPort, '127.0.0.1', () => {
        socket.write(Buffer.from([0x16, 3, 1, 0, 0]));
        socket.on('close', () => resolve());
        socket.on('error', () => undefined);
      });
    });
    net.connect(port, '127.0.0.1', function (this: net.Socket) {
      this.destroy();
    });
    expect((await get(`http://127.0.0.1:${port}/`)).text).toBe('plain');
  });
});

describe('the certificate of our own', () => {
  it('is the same at the next start, and another when its names change', () => {
    expect(ownCertificate(directory, ['localhost', '127.0.0.1']).cert).toBe(own.cert);
    const renamed = ownCertificate(directory, ['cells.example', '2001:db8::7']);
    expect(renamed.cert).not.toBe(own.cert);
    expect(renamed.cert.split('-----BEGIN')[2]).toBe(own.cert.split('-----BEGIN')[2]);
  });
});
