import { createReadStream } from 'node:fs';
import type { Image, ImageOrder, ImageProgress } from '@cellblock/shared/image';
import type { Stand } from './stand.ts';

const PART = 512 * 1024;

/** Gives an order as the dashboard does, with the file that is uploaded; all that is heard of it. */
export async function orderImage(stand: Stand, order: ImageOrder, file?: string): Promise<ImageProgress[]> {
  const agent = await stand.dashboard();
  const begun = await agent.image.begin.mutate({ order, by: 'tester', cause: null });
  if (file !== undefined) {
    for await (const data of createReadStream(file, { highWaterMark: PART }))
      await agent.image.feed.mutate({ ...begun, data: (data as Buffer).toString('base64') });
    await agent.image.feed.mutate({ ...begun, data: '' });
  }
  const heard: ImageProgress[] = [];
  await new Promise<void>((resolve, reject) => {
    agent.image.follow.subscribe(begun, {
      onData: (said) => heard.push(said as ImageProgress),
      onError: reject,
      onComplete: resolve,
    });
  });
  return heard;
}

/** The image that came of it; fails with what was said instead. */
export function madeOf(heard: readonly ImageProgress[]): Image {
  const end = heard.at(-1);
  if (end?.type !== 'done') throw new Error(`no image: ${JSON.stringify(heard.slice(-12), null, 1)}`);
  return end.image;
}

/** Why none came of it, in the words of the agent. */
export function failureOf(heard: readonly ImageProgress[]): string {
  const end = heard.at(-1);
  return end?.type === 'failed' ? end.message : `it did not fail: ${JSON.stringify(end)}`;
}
