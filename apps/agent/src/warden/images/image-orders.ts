import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelError } from '@cellblock/native/kernel-error';
import { AppError, type Refusal } from '@cellblock/shared/app-error';
import type { Bounds } from '@cellblock/shared/bounds';
import type { ImageOrder, ImageProgress } from '@cellblock/shared/image';
import { sourceOf } from '@cellblock/shared/image-source';
import { systemRefusal } from '@cellblock/shared/system-refusal';
import { removeTree } from '../remove-tree.ts';
import type { WardenHost } from '../warden-host.ts';
import { clearGone } from './image-store.ts';
import { imageTools } from './image-tools.ts';
import { makeImage, spaceBounds } from './make-image.ts';
import { clearWork } from './workshop.ts';

const WORK = '.work-';
/** Making one is work for a processor and a disk; jails have a right to both. */
const MOST_AT_ONCE = 2;
/** An upload that nobody goes on with, and an order that nobody asks about any more. */
const UNFED_MS = 60_000;
const KEPT_MS = 10 * 60_000;
const MOST_HEARD = 2_000;

interface Order {
  order: ImageOrder;
  by: string;
  cause: string | null;
  work: string;
  abort: AbortController;
  /** all that was heard of it; whoever asks late hears it too */
  heard: ImageProgress[];
  wake: Set<() => void>;
  upload: { file: FileHandle; bytes: number; unfed: NodeJS.Timeout } | null;
  over: boolean;
}

/** Images that are being made. An order goes on when whoever gave it has gone. */
export class ImageOrders {
  private readonly host: WardenHost;
  private readonly bounds: () => Bounds;
  private readonly changed: () => void;
  private readonly orders = new Map<string, Order>();

  constructor(host: WardenHost, bounds: () => Bounds, changed: () => void) {
    this.host = host;
    this.bounds = bounds;
    this.changed = changed;
  }

  /** What a crash left: nobody waits for it any more. What cannot be removed stays for the next start. */
  async clear(): Promise<void> {
    const { images } = this.host.paths;
    await clearGone(this.host);
    for (const name of await readdir(images).catch(() => [] as string[])) {
      if (!name.startsWith(WORK) || this.orders.has(name.slice(WORK.length))) continue;
      const work = join(images, name);
      await readdir(work)
        .then((keys) => clearWork(this.host, work, keys))
        .catch((error) => console.error(`${work} could not be removed:`, error));
    }
  }

  /** Begins an order and answers its id; an upload begins to be made when its last part is there. */
  async begin(o: { order: ImageOrder; by: string; cause: string | null; bounded: boolean }): Promise<string> {
    const { order, by, cause } = o;
    if (o.bounded) requireSource(order, this.bounds());
    imageTools.require(order);
    const busy = [...this.orders.values()].filter(({ over }) => !over).length;
    if (busy >= MOST_AT_ONCE) {
      throw new AppError('conflict', `This host is making ${busy} images already.`, {
        field: 'host',
        cause: `At most ${MOST_AT_ONCE} are made at once, so that its jails keep processor and disk.`,
        fix: 'Wait for one of them, then ask again; what is there: cellblock image ls',
      });
    }
    const id = randomUUID();
    const work = join(this.host.paths.images, `${WORK}${id}`);
    const making: Order = {
      order,
      by,
      cause,
      work,
      abort: new AbortController(),
      heard: [],
      wake: new Set(),
      upload: null,
      over: false,
    };
    this.orders.set(id, making);
    await mkdir(work, { mode: 0o700 });
    if (order.kind === 'upload') {
      await mkdir(join(work, 'input'), { mode: 0o755 });
      const file = await open(join(work, 'input', 'upload'), 'wx', 0o644);
      making.upload = { file, bytes: 0, unfed: setTimeout(() => this.abandon(making), UNFED_MS) };
    } else void this.make(id, making);
    return id;
  }

  /** The next part of an upload, in order; an empty one is the last. */
  async feed(id: string, data: Buffer): Promise<void> {
    const making = this.find(id);
    const { upload } = making;
    if (!upload || making.over) throw noUpload();
    upload.unfed.refresh();
    if (data.length === 0) {
      clearTimeout(upload.unfed);
      making.upload = null;
      await upload.file.close();
      void this.make(id, making);
      return;
    }
    upload.bytes += data.length;
    if (upload.bytes > this.bounds().maxImageBytes)
      making.abort.abort(new KernelError('take the upload', 'EFBIG', 27));
    try {
      making.abort.signal.throwIfAborted();
      await upload.file.write(data);
    } catch (error) {
      await this.endUpload(making, error);
      throw error;
    }
  }

  /** All that is heard of an order, from its beginning to its end. */
  async *follow(id: string, signal: AbortSignal | undefined): AsyncGenerator<ImageProgress> {
    const making = this.find(id);
    for (let at = 0; !signal?.aborted; ) {
      while (at < making.heard.length) yield making.heard[at++] as ImageProgress;
      if (making.over) return;
      await new Promise<void>((resolve) => {
        const wake = () => {
          making.wake.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        making.wake.add(wake);
        signal?.addEventListener('abort', wake);
      });
    }
  }

  cancel(id: string): void {
    this.abandon(this.find(id));
  }

  /** The agent ends, and its workshops with it. */
  async end(): Promise<void> {
    const open = [...this.orders.values()].filter(({ over }) => !over);
    for (const making of open) this.abandon(making);
    await Promise.all(
      open.map(async (making) => {
        while (!making.over) await new Promise((resolve) => setTimeout(resolve, 20));
      }),
    );
  }

  private abandon(making: Order): void {
    making.abort.abort(new KernelError('make the image', 'ECANCELED', 125, 'it was canceled'));
    if (making.upload) void this.endUpload(making, making.abort.signal.reason);
  }

  private async endUpload(making: Order, error: unknown): Promise<void> {
    const { upload } = making;
    making.upload = null;
    if (!upload) return;
    clearTimeout(upload.unfed);
    await upload.file.close().catch(() => undefined);
    await removeTree(making.work);
    this.finish(making, failed(error));
  }

  private async make(id: string, making: Order): Promise<void> {
    const { order, by, cause, work, abort } = making;
    let end: ImageProgress;
    try {
      const made = await makeImage(this.host, {
        ...{ order, by, cause, work, abort, most: spaceBounds(this.bounds()) },
        stage: (text) => this.hear(making, { type: 'stage', text }),
        line: (text) => this.hear(making, { type: 'line', text }),
      });
      end = { type: 'done', ...made };
    } catch (error) {
      end = failed(abort.signal.aborted ? abort.signal.reason : error);
    }
    // Nothing of a failed order stays, and whoever hears of its end may rely on that.
    await removeTree(work).catch((error) => console.error(`${work} could not be removed:`, error));
    this.finish(making, end);
    setTimeout(() => this.orders.delete(id), KEPT_MS).unref();
  }

  private finish(making: Order, end: ImageProgress): void {
    if (making.over) return;
    making.over = true;
    this.hear(making, end);
    this.changed();
  }

  private hear(making: Order, said: ImageProgress): void {
    if (said.type !== 'line' || making.heard.length < MOST_HEARD) making.heard.push(said);
    for (const wake of making.wake) wake();
  }

  private find(id: string): Order {
    const making = this.orders.get(id);
    if (making) return making;
    throw new AppError('not-found', 'There is no such order for an image.', {
      field: 'order',
      cause: 'It ended a while ago, or the agent was started anew meanwhile.',
      fix: 'See what came of it: cellblock image ls',
    });
  }
}

function noUpload(): AppError {
  return new AppError('conflict', 'Nothing more is taken for this upload.', {
    field: 'order',
    cause: 'Its last part is there, it failed, or nobody went on with it for a minute.',
    fix: 'See what came of it: cellblock image ls; or begin anew: cellblock image upload FILE',
  });
}

function failed(error: unknown): ImageProgress {
  const refusal: Partial<Refusal> =
    error instanceof AppError
      ? error.refusal
      : error instanceof KernelError
        ? { ...systemRefusal(error), message: error.message }
        : { message: error instanceof Error ? error.message : String(error) };
  return {
    type: 'failed',
    message: refusal.message ?? '',
    cause: refusal.cause ?? 'Nothing of it was kept.',
    fix: refusal.fix ?? 'Mend that, then ask again; what is there: cellblock image ls',
  };
}

function requireSource(order: ImageOrder, { imageSources }: Bounds): void {
  const source = sourceOf(order);
  if (imageSources.includes(source)) return;
  throw new AppError('denied', `This host's bounds take no images from ${source}.`, {
    field: order.kind === 'pull' ? 'reference' : order.kind === 'bootstrap' ? 'distribution' : 'file',
    cause: `imageSources allows ${imageSources.join(', ') || 'none'}.`,
    fix: `On the host, as root, in /etc/cellblock/bounds.d: imageSources: [${[...imageSources, source].join(', ')}]`,
  });
}
