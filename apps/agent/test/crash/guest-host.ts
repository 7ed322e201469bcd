import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SitePart } from './site-part.ts';

const run = promisify(execFile);

/** A further host's agent, that has a line to enrol with and nothing else: not even a key. */
export class GuestHost {
  private readonly directory = mkdtempSync(join(tmpdir(), 'cellblock-stand-'));
  private readonly netns: string;
  private readonly parts: SitePart[];

  constructor(o: { netns: string; build: string; crash: string }) {
    this.netns = o.netns;
    const env = { CELLBLOCK_DATA: this.directory, CELLBLOCK_CRASH: o.crash };
    this.parts = ['warden', 'dialer'].map(
      (name) => new SitePart(o.netns, [join(o.build, `agent/${name}.mjs`)], env),
    );
    for (const place of ['agent', 'run/warden']) mkdirSync(join(this.directory, place), { recursive: true });
  }

  start(dashboardUrl: string, token: string): void {
    writeFileSync(this.hostFile, JSON.stringify({ dashboardUrl, token }), { mode: 0o600 });
    for (const part of this.parts) part.start();
  }

  /** It was admitted: it knows its dashboard's key, and has forgotten the token. */
  get admitted(): boolean {
    if (!existsSync(this.hostFile)) return false;
    const file = JSON.parse(readFileSync(this.hostFile, 'utf8')) as { token?: string; host?: unknown };
    return file.token === null && file.host !== null;
  }

  private get hostFile(): string {
    return join(this.directory, 'agent/host.json');
  }

  get log(): string {
    return this.parts.map(({ log }) => log).join('\n');
  }

  async remove(): Promise<void> {
    for (const part of this.parts) await part.stop();
    const purge = join(import.meta.dirname, '../../src/warden/purge.ts');
    const script = `import { purge } from ${JSON.stringify(purge)};
      await purge({ dataDirectory: ${JSON.stringify(this.directory)} });`;
    const argv = [`--net=${this.netns}`, process.execPath, '--input-type=module', '-e', script];
    await run('nsenter', argv).catch((error) => console.error('purge failed:', error));
    rmSync(this.directory, { recursive: true, force: true });
  }
}
