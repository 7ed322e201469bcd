import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelError } from '@cellblock/native/kernel-error';
import { AppError, type Refusal } from '@cellblock/shared/app-error';
import type { Bounds } from '@cellblock/shared/bounds';
import type { ImageOrder, ImageProgress } from '@cellblock/shared/image';
import { sourceOf } from '@cellblock/shared/image-source';
import { systemRefusal } from '@cellblock/shared/system-refusal';
import { inTurns } from '../apply/in-turns.ts';
import { removeTree } from '../remove-tree.ts';
import type { WardenHost } from '../warden-host.ts';
import { clearGone } from './image-store.ts';
import { imageTools } from './image-tools.ts';
import { MOST_MS, makeImage, spaceBounds } from './make-image.ts';
import { diskFull, freeBytes, KEEP_FREE_BYTES, tookTooLong } from './watch-space.ts';
import { clearWork } from './workshop.ts';

const WORK = '.work-';
const TAKE = 'take the upload';
/** Making one is work for a processor and a disk; jails have a right to both. */
const MOST_AT_ONCE = 2;
/** An upload that nobody goes on with, and an order that nobody asks about any more. */
const UNFED_MS = 60_000;
const KEPT_MS = 10 * 60_000;
const MOST_HEARD = 2_000;
/** Parts of an upload that wait in memory for the one before them. */
const MOST_PARTS = 4;

interface Upload {
  file: FileHandle;
  bytes: number;
  /** Parts that come together are taken in the order in which they came. */
  inTurn: ReturnType<typeof inTurns>;
  unfed: NodeJS.Timeout;
  late: NodeJS.Timeout;
}

interface Order {
  id: string;
  order: ImageOrder;
  by: string;
  cause: string | null;
  work: string;
  abort: AbortController;
  /** all that was heard of it; whoever asks late hears it too */
  heard: ImageProgress[];
  wake: Set<() => void>;
  upload: Upload | null;
  over: boolean;
}

/** Images that are being made. An order goes on when whoever gave it has gone. */
export class ImageOrders {
  private readonly host: WardenHost;
  private readonly bounds: () => Bounds;
  private readonly changed: () => void;
  private readonly free: (directory: string) => Promise<number>;
  private readonly orders = new Map<string, Order>();

  /** `free`: bytes that are free where a directory lies; the file system's answer unless a test has its own */
  constructor(host: WardenHost, bounds: () => Bounds, changed: () => void, free = freeBytes) {
    this.host = host;
    this.bounds = bounds;
    this.changed = changed;
    this.free = free;
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
    refuseIncluded(order);
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
      id,
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
    try {
      await mkdir(work, { mode: 0o700 });
      if (order.kind === 'upload') making.upload = await this.openUpload(making);
    } catch (error) {
      await this.discard(making, error);
      throw error;
    }
    if (order.kind !== 'upload') void this.make(making);
    return id;
  }

  private async openUpload(making: Order): Promise<Upload> {
    const input = join(making.work, 'input');
    await mkdir(input, { mode: 0o755 });
    return {
      file: await open(join(input, 'upload'), 'wx', 0o644),
      bytes: 0,
      inTurn: inTurns(1, { most: MOST_PARTS, full: tooFast }),
      unfed: setTimeout(() => this.abandon(making), UNFED_MS),
      late: setTimeout(() => this.abandon(making, tookTooLong(TAKE, MOST_MS)), MOST_MS),
    };
  }

  /** The next part of an upload, in order; an empty one is the last. */
  async feed(id: string, data: Buffer): Promise<void> {
    const making = this.find(id);
    const { upload } = making;
    if (!upload) throw noUpload();
    await upload.inTurn(async () => {
      // Whoever waited for a turn may find that it has ended.
      if (making.upload !== upload) throw noUpload();
      upload.unfed.refresh();
      try {
        if (data.length > 0) await this.take(making, upload, data);
        else await upload.file.close();
        making.abort.signal.throwIfAborted();
      } catch (error) {
        const { aborted, reason } = making.abort.signal;
        await this.endUpload(making, aborted ? reason : error);
        throw aborted ? reason : error;
      }
      if (data.length > 0) return;
      this.closeUpload(making, upload);
      void this.make(making);
    });
  }

  private async take(making: Order, upload: Upload, data: Buffer): Promise<void> {
    upload.bytes += data.length;
    if (upload.bytes > this.bounds().maxImageBytes) throw new KernelError(TAKE, 'EFBIG', 27);
    // What the host and its jails need to go on is left, whatever the bounds allow of an image.
    if ((await this.free(making.work)) - data.length < KEEP_FREE_BYTES) throw diskFull(TAKE);
    making.abort.signal.throwIfAborted();
    await upload.file.appendFile(data);
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

  private abandon(
    making: Order,
    why = new KernelError('make the image', 'ECANCELED', 125, 'it was canceled'),
  ) {
    making.abort.abort(why);
    if (making.upload) void this.endUpload(making, making.abort.signal.reason);
  }

  private closeUpload(making: Order, { unfed, late }: Upload): void {
    making.upload = null;
    clearTimeout(unfed);
    clearTimeout(late);
  }

  private async endUpload(making: Order, error: unknown): Promise<void> {
    const { upload } = making;
    if (!upload) return;
    this.closeUpload(making, upload);
    await upload.file.close().catch(() => undefined);
    await this.discard(making, error);
  }

  /** Ends an order of which nothing was made. What cannot be removed keeps no place among those that are made. */
  private async discard(making: Order, error: unknown): Promise<void> {
    const { work } = making;
    await removeTree(work).catch((error) => console.error(`${work} could not be removed:`, error));
    this.finish(making, failed(error));
  }

  private async make(making: Order): Promise<void> {
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
  }

  private finish(making: Order, end: ImageProgress): void {
    if (making.over) return;
    making.over = true;
    this.hear(making, end);
    setTimeout(() => this.orders.delete(making.id), KEPT_MS).unref();
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

function tooFast(): AppError {
  return new AppError('conflict', 'The parts of this upload come faster than they are written.', {
    field: 'order',
    cause: `${MOST_PARTS} wait already for the one that is being written.`,
    fix: 'Send a part when the one before was taken, as this does: cellblock image upload FILE',
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

function refuseIncluded(order: ImageOrder): void {
  if (order.kind !== 'bootstrap' || order.include.length === 0 || sourceOf(order) === 'debian') return;
  throw new AppError('invalid', 'An Alpine image is made without further packages.', {
    field: 'include',
    cause: 'It is unpacked from a root that Alpine publishes whole; no package is installed.',
    fix: 'Leave them out, and install them in a jail: cellblock exec JAIL -- apk add NAME',
  });
}
