// Asks an address for its word every few milliseconds and prints `milliseconds word` for each answer.
import net from 'node:net';

const [address, every, forMs] = process.argv.slice(2);
const end = Date.now() + Number(forMs);
while (Date.now() < end) {
  const began = Date.now();
  const word = await ask(address);
  process.stdout.write(`${began} ${word}\n`);
  await new Promise((resolve) => setTimeout(resolve, Number(every)));
}

function ask(host) {
  return new Promise((resolve) => {
    let text = '';
    const socket = net.connect({ host, port: 8080 });
    const done = (word) => {
      socket.destroy();
      resolve(word);
    };
    socket.setTimeout(50, () => done('-'));
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('end', () => done(text.trim() || '-'));
    socket.on('error', () => done('-'));
  });
}
