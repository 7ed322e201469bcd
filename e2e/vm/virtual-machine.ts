import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inNetns, mustRun, runProgram } from '../stand/run-program.ts';
import type { Segment } from '../stand/segment.ts';
import type { VmImage } from './image.ts';
import { connected, openRootShell, type RootShell } from './root-shell.ts';

/** On a machine that is busy with other suites too. */
const BOOTS_WITHIN_MS = 600_000;
const TAP = 'vm0';

/** A machine of its own on the stand's segment: Debian's kernel and systemd, and a disk that is forgotten. */
export interface VirtualMachine {
  shell: RootShell;
  /** where it is on the segment, as its administrator set it up */
  address: string;
  /** link in site through which every frame of it comes */
  tap: string;
  /** `systemctl reboot`; resolves when root's shell is back, with the seconds until then */
  reboot(): Promise<number>;
  /** the reset button: nothing is written, nobody is told */
  cutPower(): Promise<number>;
  /** what its kernel and systemd wrote to the serial console */
  console(): string;
  close(): Promise<void>;
}

/**
 * `directory` is for sockets and the log; it is the caller's to remove. Without a segment it has no network. Further
 * disks, which it may only read, are /dev/vdb and so on.
 */
export async function startVirtualMachine(
  image: VmImage,
  segment: Segment | null,
  directory: string,
  disks: readonly string[] = [],
): Promise<VirtualMachine> {
  const file = (name: string) => path.join(directory, name);
  const log = file('console.log');
  if (segment) {
    const site = path.basename(segment.site);
    await mustRun(['ip', '-n', site, 'tuntap', 'add', TAP, 'mode', 'tap']);
    await mustRun(['ip', '-n', site, 'link', 'set', TAP, 'master', segment.bridge, 'up']);
  }
  const [program = '', ...args] = inNetns(
    [
      'qemu-system-x86_64',
      ...machine(image),
      ...disks.flatMap((disk) => ['-drive', `file=${disk},format=raw,if=virtio,readonly=on`]),
      ...(segment ? network() : []),
      ...ports(file),
      ...['-serial', `file:${log}`],
    ],
    segment?.site,
  );
  const qemu = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TMPDIR: directory },
  });
  let said = '';
  qemu.stderr.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  const ended = new Promise<void>((resolve) => qemu.once('close', () => resolve()));
  const died = ended.then((): never => {
    throw new Error(`qemu ended: ${said}`);
  });
  died.catch(() => undefined);

  let [shell, boot] = [null as RootShell | null, null as string | null];
  const close = async () => {
    shell?.close();
    qemu.kill('SIGKILL');
    await ended;
    if (segment) await runProgram(['ip', '-n', path.basename(segment.site), 'link', 'del', TAP]);
  };
  const nextBoot = async () => {
    const begun = performance.now();
    boot = (await Promise.race([shell?.booted(boot, BOOTS_WITHIN_MS), died])) ?? null;
    return (performance.now() - begun) / 1000;
  };
  try {
    shell = await Promise.race([openRootShell(file('shell.sock')), died]);
    await nextBoot();
  } catch (error) {
    await close();
    throw new Error(`${(error as Error).message}\n${lastLines(log)}`);
  }
  return {
    shell,
    address: '10.99.0.7',
    tap: TAP,
    reboot: async () => {
      // The shell goes down with the rest: it answers first.
      await shell?.must('(sleep 1; systemctl reboot) >/dev/null 2>&1 &');
      return nextBoot();
    },
    cutPower: async () => {
      await monitor(file('monitor.sock'), 'system_reset');
      return nextBoot();
    },
    console: () => readFileSync(log, 'utf8'),
    close,
  };
}

/** Emulated throughout: a machine that offers no virtualisation of its own can run it. */
function machine({ kernel, initramfs, disk }: VmImage): string[] {
  return [
    ...['-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max', '-m', '1024', '-smp', '1'],
    ...['-nodefaults', '-display', 'none', '-kernel', kernel, '-initrd', initramfs],
    // On a busy machine the emulated timer ticks too late for the kernel's check of it, which ends in a panic.
    ...['-append', 'console=ttyS0 quiet no_timer_check mitigations=off net.ifnames=0 systemd.show_status=0'],
    // What it writes goes to a file without a name; it lasts over a reset, not over the machine's end.
    ...['-drive', `file=${disk},format=raw,if=virtio,snapshot=on`],
    ...['-device', 'virtio-rng-pci'],
  ];
}

const network = () => [
  ...['-netdev', `tap,id=n0,ifname=${TAP},script=no,downscript=no`],
  ...['-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:00:00:07,romfile='],
];

function ports(file: (name: string) => string): string[] {
  return [
    ...[
      '-device',
      'virtio-serial-pci',
      '-chardev',
      `socket,id=c0,path=${file('shell.sock')},server=on,wait=off`,
    ],
    ...['-device', 'virtserialport,chardev=c0,name=root.shell'],
    ...['-qmp', `unix:${file('monitor.sock')},server=on,wait=off`],
  ];
}

/** One order to qemu itself. */
async function monitor(socketPath: string, order: string): Promise<void> {
  const socket = await connected(socketPath);
  const replies = answersOf(socket);
  for (const execute of ['qmp_capabilities', order]) {
    socket.write(`${JSON.stringify({ execute })}\n`);
    for (;;) {
      const { value } = await replies.next();
      if (value?.error) throw new Error(`qemu refused ${execute}: ${value.error.desc}`);
      if (value === undefined || value.return !== undefined) break;
    }
  }
  socket.destroy();
}

async function* answersOf(
  socket: AsyncIterable<Buffer>,
): AsyncGenerator<{ return?: unknown; error?: { desc: string } }> {
  let rest = '';
  for await (const piece of socket) {
    const lines = (rest + piece.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}

function lastLines(log: string): string {
  return readFileSync(log, 'utf8').split('\n').slice(-30).join('\n');
}
