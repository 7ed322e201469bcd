import { expect } from 'vitest';
import { expectRefusal, type Scene } from './scene.ts';

const TABLE = `
table bridge guard {
  comment "ours"
  set owned {
    type ifname . ether_addr . ipv4_addr
    elements = { "v0" . 02:00:00:00:00:05 . 10.0.0.5,
                 "v1" . 02:00:00:00:00:06 . 10.0.0.6 }
  }
  set prefixes { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.0.2.1-192.0.2.9 }; }
  map ports { type ifname : verdict; }
  map services { type inet_service : ipv4_addr . inet_service; elements = { 80 : 10.0.0.5 . 8080 }; }
  chain guarded {
    ether type ip drop comment "no v4" # the rest goes on
    drop
  }
  chain prerouting {
    type filter hook prerouting priority -300; policy accept;
    iifname vmap @ports
  }
}
add element bridge guard ports { "v0" : jump guarded }
`;

type Item = Record<string, Record<string, unknown>>;

async function items({ kernel, host }: Scene, kind: string): Promise<Record<string, unknown>[]> {
  const listing = await kernel.listNftTable({ netns: host, family: 'bridge', table: 'guard' });
  const all = (listing as { nftables: Item[] }).nftables;
  return all.flatMap((item) => (item[kind] ? [item[kind]] : []));
}

async function elements(scene: Scene, kind: 'set' | 'map', name: string): Promise<unknown> {
  return (await items(scene, kind)).find((one) => one.name === name)?.elem;
}

const apply = ({ kernel, host }: Scene, ruleset: string) => kernel.applyNft({ netns: host, ruleset });

export const nftExpectations = {
  'a table is listed with its sets, maps, chains and rules': async (scene: Scene) => {
    await apply(scene, TABLE);
    expect(await items(scene, 'table')).toMatchObject([{ family: 'bridge', name: 'guard' }]);
    const owned = (await items(scene, 'set')).find((one) => one.name === 'owned');
    expect(owned).toMatchObject({ type: ['ifname', 'ether_addr', 'ipv4_addr'], table: 'guard' });
    expect(owned?.elem).toHaveLength(2);
    expect(owned?.elem).toEqual(
      expect.arrayContaining([{ concat: ['v1', '02:00:00:00:00:06', '10.0.0.6'] }]),
    );
    expect(await elements(scene, 'set', 'prefixes')).toEqual(
      expect.arrayContaining([
        { prefix: { addr: '10.0.0.0', len: 8 } },
        { range: ['192.0.2.1', '192.0.2.9'] },
      ]),
    );
    expect(await elements(scene, 'map', 'ports')).toEqual([['v0', { jump: { target: 'guarded' } }]]);
    expect(await elements(scene, 'map', 'services')).toEqual([[80, { concat: ['10.0.0.5', 8080] }]]);
    expect(await items(scene, 'chain')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'prerouting',
          type: 'filter',
          hook: 'prerouting',
          prio: -300,
          policy: 'accept',
        }),
        expect.objectContaining({ name: 'guarded' }),
      ]),
    );
    const rules = await items(scene, 'rule');
    expect(rules.map(({ chain, comment }) => ({ chain, comment }))).toEqual([
      { chain: 'guarded', comment: 'no v4' },
      { chain: 'guarded', comment: undefined },
      { chain: 'prerouting', comment: undefined },
    ]);
  },
  'tables are listed by family and name, per namespace': async (scene: Scene) => {
    await apply(scene, 'add table inet a\nadd table bridge a; add table inet b');
    const tables = await scene.kernel.listNftTables({ netns: scene.host });
    expect(tables).toHaveLength(3);
    expect(tables).toEqual(
      expect.arrayContaining([
        { family: 'inet', table: 'a' },
        { family: 'bridge', table: 'a' },
        { family: 'inet', table: 'b' },
      ]),
    );
    expect(await scene.kernel.listNftTables({ netns: scene.guest })).toEqual([]);
    expect(await scene.kernel.listNftTable({ netns: scene.guest, family: 'inet', table: 'a' })).toBeNull();
  },
  'elements come and go': async (scene: Scene) => {
    await apply(scene, TABLE);
    const element = '{ "v2" . 02:00:00:00:00:07 . 10.0.0.7 }';
    await apply(scene, `add element bridge guard owned ${element}`);
    await apply(scene, `add element bridge guard owned ${element}`);
    expect(await elements(scene, 'set', 'owned')).toHaveLength(3);
    await expectRefusal(apply(scene, `create element bridge guard owned ${element}`), 'EEXIST');
    await apply(scene, `delete element bridge guard owned ${element}`);
    await expectRefusal(apply(scene, `delete element bridge guard owned ${element}`), 'ENOENT');
    expect(await elements(scene, 'set', 'owned')).toHaveLength(2);
    await expectRefusal(apply(scene, 'add element bridge guard ports { "v0" : drop }'), 'EEXIST');
    await apply(scene, 'delete element bridge guard ports { "v0" }');
    expect(await elements(scene, 'map', 'ports')).toBeUndefined();
    await apply(scene, 'flush set bridge guard owned');
    expect(await elements(scene, 'set', 'owned')).toBeUndefined();
  },
  'a text is applied wholly or not at all': async (scene: Scene) => {
    await apply(scene, TABLE);
    const text = 'flush set bridge guard owned\ndelete element bridge guard ports { "none" }';
    await expectRefusal(apply(scene, text), 'ENOENT');
    expect(await elements(scene, 'set', 'owned')).toHaveLength(2);
  },
  'rules are added, put first, deleted and flushed': async (scene: Scene) => {
    await apply(scene, TABLE);
    const rules = async () => (await items(scene, 'rule')).filter((one) => one.chain === 'guarded');
    await apply(scene, 'add rule bridge guard guarded accept comment "last"');
    await apply(scene, 'insert rule bridge guard guarded ether type arp accept comment "first"');
    const before = await rules();
    expect(before.map((rule) => rule.comment)).toEqual(['first', 'no v4', undefined, 'last']);
    await apply(scene, `delete rule bridge guard guarded handle ${before[0]?.handle}`);
    expect((await rules()).map((rule) => rule.comment)).toEqual(['no v4', undefined, 'last']);
    await apply(scene, 'flush chain bridge guard guarded');
    expect(await rules()).toEqual([]);
  },
  'what is missing, in use or unreadable is refused': async (scene: Scene) => {
    await apply(scene, TABLE);
    await expectRefusal(apply(scene, 'delete table bridge none'), 'ENOENT');
    await expectRefusal(apply(scene, 'add chain bridge none c'), 'ENOENT');
    await expectRefusal(apply(scene, 'add rule bridge guard none drop'), 'ENOENT');
    await expectRefusal(apply(scene, 'add rule bridge guard guarded jump none'), 'ENOENT');
    await expectRefusal(apply(scene, 'add rule bridge guard guarded ether saddr @none drop'), 'ENOENT');
    await expectRefusal(apply(scene, 'add element bridge guard ports { "v9" : jump none }'), 'ENOENT');
    await expectRefusal(apply(scene, 'add element bridge guard none { 1 }'), 'ENOENT');
    await expectRefusal(apply(scene, 'create table bridge guard'), 'EEXIST');
    await expectRefusal(apply(scene, 'delete map bridge guard ports'), 'EBUSY');
    await expectRefusal(apply(scene, 'delete chain bridge guard guarded'), 'EBUSY');
    await expectRefusal(apply(scene, 'add nonsense'), 'EINVAL');
    await expectRefusal(apply(scene, 'add table bridge guard {'), 'EINVAL');
  },
  'a table is made anew in one text, and deleted': async (scene: Scene) => {
    await apply(scene, `table bridge guard\ndelete table bridge guard\n${TABLE}`);
    await apply(scene, `table bridge guard\ndelete table bridge guard\n${TABLE}`);
    expect(await elements(scene, 'set', 'owned')).toHaveLength(2);
    await apply(scene, 'delete table bridge guard');
    expect(await scene.kernel.listNftTables({ netns: scene.host })).toEqual([]);
  },
};
