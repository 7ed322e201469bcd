import { type FSWatcher, watch } from 'node:fs';
import { AppError } from '@cellblock/shared/app-error';
import type { Bounds } from '@cellblock/shared/bounds';
import type { HostCheck } from '@cellblock/shared/host-status';
import { type LoadedBounds, loadBounds } from './bounds-file.ts';

/** An editor writes in several steps. */
const SETTLE_MS = 100;
/** A host whose bounds are in doubt allows nothing, but it is there and says why. */
const NOTHING_ALLOWED: Bounds = {
  rootPrefixes: [],
  viewPrefixes: [],
  devices: [],
  imageSources: [],
  maxImageBytes: 0,
  maxImageFiles: 0,
  lab: false,
  subnets: [],
  parents: [],
  maxJails: 0,
  maxMemory: 0,
  maxCpus: 0,
  maxPids: 0,
  maxCpuWeight: 0,
  maxIoReadBytes: 0,
  maxIoWriteBytes: 0,
  exec: false,
  console: false,
  hostSettings: [],
};

/** The bounds that hold now: those that were last read without an error. */
export class BoundsInForce {
  private readonly directory: string;
  private loaded: LoadedBounds;
  private problem: Problem | null;
  private readOnce: boolean;
  private watch: FSWatcher | null = null;
  private timer: NodeJS.Timeout | null = null;

  private constructor(directory: string, loaded: LoadedBounds, problem: Problem | null) {
    this.directory = directory;
    this.loaded = loaded;
    this.problem = problem;
    this.readOnce = problem === null;
  }

  static async open(directory: string): Promise<BoundsInForce> {
    try {
      return new BoundsInForce(directory, await loadBounds(directory), null);
    } catch (error) {
      return new BoundsInForce(directory, { bounds: NOTHING_ALLOWED, hash: '' }, problemOf(error));
    }
  }

  get bounds(): Bounds {
    return this.loaded.bounds;
  }
  get hash(): string {
    return this.loaded.hash;
  }
  /** false: they could not be read since the agent started, so nothing is changed */
  get known(): boolean {
    return this.readOnce;
  }

  /** Root may edit the file at any moment; one that cannot be read changes nothing. */
  async read(): Promise<void> {
    try {
      this.loaded = await loadBounds(this.directory);
      this.problem = null;
      this.readOnce = true;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** What root has changed holds and is shown at once, also on a host that nothing was asked of yet. */
  follow(changed: () => void): void {
    const read = () => void this.read().then(changed);
    try {
      this.watch = watch(this.directory, () => {
        if (this.timer) clearTimeout(this.timer);
        this.timer = setTimeout(read, SETTLE_MS);
      });
    } catch (error) {
      // They are read before every look at the host anyway.
      console.error('the bounds are not followed:', error);
      return;
    }
    // Whoever removes the directory leaves the last bounds in force, and reading says so.
    this.watch.on('error', (error) => console.error('the bounds file is not followed:', error));
  }

  close(): void {
    this.watch?.close();
    if (this.timer) clearTimeout(this.timer);
  }

  /** What stands against the file; null: nothing. */
  check(): HostCheck | null {
    if (this.problem === null) return null;
    return {
      id: 'bounds',
      title: 'Bounds file',
      verdict: 'lack',
      ...this.problem,
      lost: this.readOnce
        ? 'the bounds that were last read without an error stay in force'
        : 'nothing is changed on this host; what runs goes on',
    };
  }

  /** What they say of exec and console holds for the dashboard; root is at the host anyway. */
  require(what: 'exec' | 'console'): void {
    if (this.bounds[what]) return;
    throw new AppError('denied', `This host's bounds do not allow ${what} from the dashboard.`, {
      cause: `${what}: false in ${this.directory}`,
      fix: `On the host, as root: set ${what}: true there, or use cellblock ${what === 'exec' ? 'exec' : 'logs'} on the host.`,
    });
  }
}

type Problem = { evidence: string; fix?: string };

function problemOf(error: unknown): Problem {
  if (!(error instanceof AppError))
    return { evidence: error instanceof Error ? error.message : String(error) };
  const { message, cause, fix } = error.refusal;
  return { evidence: `${message} ${cause ?? ''}`.trim(), ...(fix === undefined ? {} : { fix }) };
}
