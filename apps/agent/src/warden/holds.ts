import { AppError } from '@cellblock/shared/app-error';
import { addressesOf, type HostSpec, jailsOf, type SpecObject } from '@cellblock/shared/host-spec';
import { readTextIfThere, writeDurably } from './durable-file.ts';

/** An administrator at the host holds a jail against remote changes: as it was then, it stays. */
export interface Hold {
  jail: string;
  reason: string;
  by: string;
  at: string;
  /** the jail and its addresses as they were */
  objects: SpecObject[];
}

export class Holds {
  private readonly path: string;
  private holds: Hold[];

  private constructor(path: string, holds: Hold[]) {
    this.path = path;
    this.holds = holds;
  }

  static async open(path: string): Promise<Holds> {
    const text = await readTextIfThere(path);
    return new Holds(path, text === null ? [] : (JSON.parse(text) as Hold[]));
  }

  all(): readonly Hold[] {
    return this.holds;
  }

  of(jailId: string): Hold | undefined {
    return this.holds.find((hold) => hold.jail === jailId);
  }

  async add(spec: HostSpec, jailId: string, o: { reason: string; by: string; at: string }): Promise<void> {
    const held = this.of(jailId);
    if (held) {
      throw new AppError('conflict', `The jail is held already, by ${held.by} since ${held.at}.`, {
        field: 'jail',
        cause: held.reason,
        fix: 'cellblock agent unhold JAIL',
      });
    }
    const objects = [
      ...jailsOf(spec).filter((jail) => jail.id === jailId),
      ...addressesOf(spec).filter((address) => address.jail === jailId),
    ];
    await this.store([...this.holds, { jail: jailId, ...o, objects }]);
  }

  async remove(jailId: string): Promise<void> {
    await this.store(this.holds.filter((hold) => hold.jail !== jailId));
  }

  private async store(holds: Hold[]): Promise<void> {
    await writeDurably(this.path, JSON.stringify(holds));
    this.holds = holds;
  }
}
