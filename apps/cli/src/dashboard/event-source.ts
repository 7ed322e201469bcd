import { type Dispatcher, EventSource } from 'undici';
import { asRead, type Out } from './as-read.ts';

/** Sooner than the dashboard's own pings are missed. */
const STAND_IN_MS = 1_000;

/**
 * Events of the dashboard, read as fast as `outs` take what is written to them. While they take nothing its
 * pings do not come either, and the library would begin anew: others stand in for them.
 */
export function eventSourceFor(dispatcher: Dispatcher, outs: readonly Out[]): typeof EventSource {
  return class extends EventSource {
    constructor(url: string | URL) {
      let timer: NodeJS.Timeout | undefined;
      const held = (isHeld: boolean) => {
        clearInterval(timer);
        if (isHeld) timer = setInterval(ping, STAND_IN_MS);
      };
      const slowed = dispatcher.compose(asRead(outs, held));
      super(String(url), { dispatcher: slowed, node: { dispatcher: slowed } } as never);
      const ping = () => {
        if (this.readyState === this.CLOSED) clearInterval(timer);
        else this.dispatchEvent(new MessageEvent('ping'));
      };
    }
  };
}
