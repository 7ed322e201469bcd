import { expect, test } from 'vitest';
import { claimMany } from '../src/warden/answers/many-ranges.ts';
import { FIRST_ID_BASE, ID_COUNT } from '../src/warden/id-ranges.ts';

// With the registry: row W3 itself, in answers.root.test.ts.
test('an allocator that knows its own claims alone, and forgets them, is told', async () => {
  class Forgetful {
    private next = FIRST_ID_BASE;
    private readonly bases = new Map<string, number>();
    async claim({ jailKey }: { jailKey: string }): Promise<number> {
      this.bases.set(jailKey, this.next);
      this.next += ID_COUNT;
      return this.next - ID_COUNT;
    }
    async release(): Promise<void> {}
    async baseOf({ jailKey }: { jailKey: string }): Promise<number | null> {
      return this.bases.get(jailKey) ?? null;
    }
  }
  const tried = await claimMany(() => [new Forgetful(), new Forgetful()]);
  expect(tried.twice).toBeGreaterThan(0);
  expect(tried.lost).toBeGreaterThan(0);
});
