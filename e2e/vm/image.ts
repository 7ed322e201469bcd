import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { mustRun } from '../stand/run-program.ts';

const GUEST = path.join(import.meta.dirname, 'guest');
const CACHE = path.join(import.meta.dirname, '../../node_modules/.cellblock-vm');
const NEEDED = {
  '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
  '/usr/bin/mmdebstrap': 'mmdebstrap',
  '/usr/sbin/mke2fs': 'e2fsprogs',
  '/usr/bin/cpio': 'cpio',
};
/** What a minimal server has; perl-base is essential in Debian. No Node, no compiler. */
const PACKAGES = [
  ...['systemd', 'systemd-sysv', 'udev', 'dbus', 'kmod', 'procps'],
  ...['iproute2', 'nftables', 'curl', 'ca-certificates'],
];
const OMITTED = ['doc', 'man', 'locale', 'info', 'i18n'].map((part) => `/usr/share/${part}/*`);

/** What a virtual machine starts from; the disk is never written. */
export interface VmImage {
  kernel: string;
  initramfs: string;
  disk: string;
}

/** Debian with systemd and Debian's stock kernel, made once per recipe, from the packages that this machine gets too. */
export async function vmImage(): Promise<VmImage> {
  refuseWithoutPackages();
  const place = path.join(CACHE, recipeKey());
  if (!existsSync(place)) await build(place);
  const file = (name: string) => path.join(place, name);
  return { kernel: file('vmlinuz'), initramfs: file('initramfs'), disk: file('disk.ext4') };
}

function refuseWithoutPackages(): void {
  const missing = Object.entries(NEEDED).filter(([file]) => !existsSync(file));
  if (missing.length === 0) return;
  throw new Error(
    `the reboot is tested in a virtual machine, and these are missing: ${missing.map(([file]) => file).join(', ')}\n` +
      `  fix: apt-get install --no-install-recommends ${missing.map(([, name]) => name).join(' ')} (./dev test does)`,
  );
}

function recipeKey(): string {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  for (const name of readdirSync(GUEST).sort())
    hash.update(name).update(readFileSync(path.join(GUEST, name)));
  return hash.digest('hex').slice(0, 16);
}

async function build(place: string): Promise<void> {
  const draft = `${place}.draft-${process.pid}`;
  const root = path.join(draft, 'root');
  mkdirSync(draft, { recursive: true });
  try {
    await mustRun(
      [
        'mmdebstrap',
        '--quiet',
        '--mode=root',
        '--variant=minbase',
        `--include=${PACKAGES.join(',')}`,
        ...OMITTED.map((part) => `--dpkgopt=path-exclude=${part}`),
        `--customize-hook=sh '${GUEST}/customize.sh' "$1" '${GUEST}' '${draft}'`,
        'bookworm',
        root,
        ...(await debianSources()),
      ],
      { timeoutMs: 900_000 },
    );
    const disk = path.join(draft, 'disk.ext4');
    await mustRun(['mke2fs', '-q', '-t', 'ext4', '-d', root, disk, '3G'], { timeoutMs: 300_000 });
    rmSync(root, { recursive: true });
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  for (const name of readdirSync(CACHE)) {
    if (path.join(CACHE, name) !== place) rmSync(path.join(CACHE, name), { recursive: true, force: true });
  }
}

/** Where this machine gets Debian from, as lines of sources.list. */
async function debianSources(): Promise<string[]> {
  const format = '$(ORIGIN)|deb $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const { stdout } = await mustRun(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']);
  return stdout
    .split('\n')
    .filter((line) => /^Debian\|.* bookworm/.test(line))
    .map((line) => line.slice('Debian|'.length));
}
