import type { ViewProof } from '@cellblock/shared/view-proof';
import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { proofTable, viewTable } from '../tables/view-table.ts';
import { type Cli, verb } from '../verb.ts';

export function viewVerb(cli: Cli, program: Command): void {
  verb<{ prove?: boolean }>(
    cli,
    program,
    'view <jail>',
    'what a jail sees: every mount, its mode and where it comes from',
    { flags: { jail: '<jail>' } },
    (command) => command.option('--prove', 'compare it with what the running jail has; 1 when they differ'),
    async (run, options, [jail = '']) => {
      if (!options.prove) {
        run.print(
          viewTable(
            await run.dashboardOrAgent(
              (dashboard) => dashboard.jails.view.query({ jail }),
              (agent) => agent.jail.view.query({ jail }),
            ),
          ),
        );
        return 0;
      }
      const proof = await run.dashboardOrAgent(
        (dashboard) => dashboard.jails.prove.mutate({ jail }),
        async (agent) => (await agent.jail.view.query({ jail, prove: true })).proof as ViewProof,
      );
      run.print(proofTable(proof));
      const odd = proof.rows.filter(({ verdict }) => verdict !== 'same' && verdict !== 'own');
      if (proof.holds) {
        run.say(`${jail} sees exactly what is declared: ${proof.rows.length} mounts`);
        return 0;
      }
      run.warn(`${jail} does not see what is declared: ${odd.map(({ path }) => path).join(', ')}`);
      return EXIT.failed;
    },
  );
}
