import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Kernel } from '../lib/kernel.ts';
import { addressExpectations } from './contract/addresses.ts';
import { linkExpectations } from './contract/links.ts';
import { namespaceExpectations } from './contract/namespaces.ts';
import { neighbourExpectations } from './contract/neighbours.ts';
import { nftExpectations } from './contract/nft.ts';
import { routeExpectations } from './contract/routes.ts';
import type { Scene } from './contract/scene.ts';
import { sysctlExpectations } from './contract/sysctls.ts';

const sections: Record<string, Record<string, (scene: Scene) => Promise<void>>> = {
  namespaces: namespaceExpectations,
  links: linkExpectations,
  addresses: addressExpectations,
  routes: routeExpectations,
  neighbours: neighbourExpectations,
  sysctls: sysctlExpectations,
  nftables: nftExpectations,
};

/** What is expected of every Kernel. `directory` holds the pins and nothing else; it need not exist. */
export function kernelContract(title: string, kernel: Kernel, directory: string) {
  describe(`${title} keeps the contract of Kernel`, () => {
    const host = `${directory}/host`;
    const guest = `${directory}/guest`;
    let linksBefore: string[] = [];
    const ownLinks = async () => (await kernel.listLinks({})).map((link) => link.name);

    beforeEach(async () => {
      linksBefore = await ownLinks();
      await kernel.createNetns({ path: host });
      await kernel.createNetns({ path: guest });
    });
    afterEach(async () => {
      for (const name of await kernel.listNetns({ directory })) {
        await kernel.removeNetns({ path: `${directory}/${name}` });
      }
      expect(await kernel.listNetns({ directory })).toEqual([]);
      expect(await ownLinks(), 'links of the namespace that the tests run in').toEqual(linksBefore);
    });

    for (const [section, expectations] of Object.entries(sections)) {
      describe(section, () => {
        for (const [expectation, check] of Object.entries(expectations)) {
          it(expectation, () => check({ kernel, host, guest, directory }));
        }
      });
    }
  });
}
