import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where ./dev unpacks it: installed, it would be a service of the machine's. */
const UNPACKED = join(
  import.meta.dirname,
  '../../../node_modules/.cellblock-unpacked/usr/bin/docker-registry',
);

/** A registry on a loopback of its own: Debian's docker-registry, with its store in `directory`. */
export class LocalRegistry {
  static readonly address = 'localhost:5000';
  private readonly directory: string;
  private readonly netns: string;
  private program: ChildProcess | null = null;

  constructor(directory: string, netns: string) {
    this.directory = directory;
    this.netns = netns;
  }

  async open(): Promise<void> {
    const store = join(this.directory, 'registry');
    const config = join(this.directory, 'registry.json');
    await mkdir(store);
    await writeFile(
      config,
      JSON.stringify({
        version: '0.1',
        log: { level: 'error', accesslog: { disabled: true } },
        storage: { filesystem: { rootdirectory: store }, delete: { enabled: true } },
        http: { addr: '127.0.0.1:5000' },
      }),
    );
    const program = existsSync(UNPACKED) ? UNPACKED : 'docker-registry';
    this.program = spawn('nsenter', [`--net=${this.netns}`, program, 'serve', config], {
      stdio: 'ignore',
    });
    for (let tries = 0; ; tries += 1) {
      const answered = await this.inside('curl', '--silent', `http://127.0.0.1:5000/v2/`).then(
        () => true,
        () => false,
      );
      if (answered) return;
      if (tries > 100) throw new Error('the registry does not answer');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Puts an image of an OCI layout there, under `name`. */
  async push(layout: string, name: string): Promise<void> {
    await this.inside(
      'skopeo',
      ...['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false'],
      ...[`oci:${layout}:image`, `docker://${LocalRegistry.address}/${name}`],
    );
  }

  close(): void {
    this.program?.kill('SIGKILL');
  }

  private inside(...command: string[]): Promise<unknown> {
    return run('nsenter', [`--net=${this.netns}`, ...command]);
  }
}
