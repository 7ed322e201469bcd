// Asks an address for its word again and again and prints what each answer took, in milliseconds, as JSON.
import net from 'node:net';

const [address, every, forMs] = process.argv.slice(2);
const end = performance.now() + Number(forMs);
const took = [];
while (performance.now() < end) {
  const began = performance.now();
  const answered = await ask(address);
  took.push(answered ? performance.now() - began : Number.MAX_VALUE);
  await new Promise((resolve) => setTimeout(resolve, Number(every)));
}
process.stdout.write(JSON.stringify(took));

function ask(host) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port: 8080 });
    let heard = false;
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('data', () => {
      heard = true;
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(heard));
  });
}
