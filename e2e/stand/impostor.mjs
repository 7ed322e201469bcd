// Stands between hosts and a dashboard: node impostor.mjs DASHBOARD CERT KEY PORT=LIE… What it passes on, it passes
// on whole. Each port has its lie: `archive` changes a bit of it, `authority` names another, `none` only listens.
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';

const [dashboard, certFile, keyFile, ...ports] = process.argv.slice(2);
const cert = readFileSync(certFile, 'utf8');
const key = readFileSync(keyFile, 'utf8');
const own = generateKeyPairSync('ed25519');

function otherAuthority() {
  const publicKey = Buffer.from(own.publicKey.export({ format: 'jwk' }).x, 'base64url').toString('base64');
  const signature = sign(null, Buffer.from(`cellblock/v1 authority\n${cert}\n`), own.privateKey);
  return JSON.stringify({ ca: cert, publicKey, signature: signature.toString('base64') });
}

function answerer(lie) {
  return (request, response) => {
    if (lie === 'authority' && request.url === '/install/authority') return response.end(otherAuthority());
    const url = new URL(request.url, dashboard);
    const headers = { ...request.headers, host: url.host };
    const asked = https.request(
      url,
      { method: request.method, headers, rejectUnauthorized: false },
      (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => {
          const body = Buffer.concat(parts);
          if (lie === 'archive' && request.url.endsWith('.tar.gz')) body[body.length >> 1] ^= 1;
          response.writeHead(answer.statusCode, { 'content-type': answer.headers['content-type'] ?? '' });
          response.end(body);
        });
      },
    );
    request.pipe(asked);
    asked.on('error', () => response.destroy());
  };
}

await Promise.all(
  ports.map((each) => {
    const [port, lie] = each.split('=');
    return new Promise((listening) =>
      https.createServer({ cert, key }, answerer(lie)).listen(Number(port), listening),
    );
  }),
);
console.log('ready');
