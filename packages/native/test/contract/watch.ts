import { expect } from 'vitest';
import type { KernelEvent } from '../../lib/kernel.ts';
import { expectRefusal, MAC, type Scene, wire } from './scene.ts';

/** Takes events until one is like the wanted; fails when the watch ends before. */
async function seen(events: AsyncIterator<KernelEvent>, wanted: Partial<KernelEvent>) {
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error(`no event ${JSON.stringify(wanted)}`);
    if (Object.entries(wanted).every(([key, one]) => value[key as keyof KernelEvent] === one)) return;
  }
}

export const watchExpectations = {
  'every kind of change is told, with the name of its link': async (scene: Scene) => {
    const { kernel, host } = scene;
    const stop = new AbortController();
    const events = kernel.watch({ netns: host, signal: stop.signal })[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ kind: 'overrun', change: 'new', link: null });
    await wire(scene);
    await seen(events, { kind: 'link', change: 'new', link: 'br0' });
    await seen(events, { kind: 'link', change: 'new', link: 'v0' });
    await kernel.addAddress({ netns: host, link: 'br0', prefix: '10.0.0.1/24' });
    await seen(events, { kind: 'address', change: 'new', link: 'br0' });
    await kernel.addRoute({ netns: host, route: { destination: '10.9.0.0/16', link: 'br0' } });
    await seen(events, { kind: 'route', change: 'new', link: 'br0' });
    await kernel.replaceNeighbour({ netns: host, link: 'br0', address: '10.0.0.5', mac: MAC });
    await seen(events, { kind: 'neighbour', change: 'new', link: 'br0' });
    await kernel.deleteAddress({ netns: host, link: 'br0', prefix: '10.0.0.1/24' });
    await seen(events, { kind: 'address', change: 'gone', link: 'br0' });
    await kernel.deleteLink({ netns: host, name: 'v0' });
    await seen(events, { kind: 'link', change: 'gone', link: 'v0' });
    stop.abort();
    for await (const _ of { [Symbol.asyncIterator]: () => events });
  },
  'what happens elsewhere is not told': async (scene: Scene) => {
    const { kernel, host, guest } = scene;
    const stop = new AbortController();
    const events = kernel.watch({ netns: guest, signal: stop.signal });
    await kernel.listLinks({ netns: guest });
    await kernel.createBridge({ netns: host, name: 'br0' });
    await kernel.createBridge({ netns: guest, name: 'br1' });
    const links = new Set<string | null>();
    for await (const event of events) {
      links.add(event.link);
      if (event.link === 'br1') stop.abort();
    }
    expect(links).not.toContain('br0');
  },
  'a watch that is aborted before it begins ends': async ({ kernel, host }: Scene) => {
    for await (const event of kernel.watch({ netns: host, signal: AbortSignal.abort() })) {
      expect(event.kind).toBe('overrun');
    }
  },
  'a watch of no namespace fails': async ({ kernel, host }: Scene) => {
    const { signal } = new AbortController();
    const events = kernel.watch({ netns: `${host}x`, signal })[Symbol.asyncIterator]();
    await expectRefusal(events.next(), 'ENOENT');
  },
};
