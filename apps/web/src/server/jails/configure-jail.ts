import { jailCan } from '@cellblock/shared/jail-can';
import { ConfigureJailInput, type SomeJailSettings } from '@cellblock/shared/jail-input';
import { JailSettings } from '@cellblock/shared/jail-spec';
import type { VerbContext } from '../verb-context.ts';
import { actOnJail } from './act-on-jail.ts';
import { limitsWait } from './limits-wait.ts';
import { mustBeUnderstood } from './must-be-understood.ts';
import { mustCount } from './must-count.ts';
import { mustFit } from './must-fit.ts';
import { mustHold } from './must-hold.ts';
import { settingsForHistory } from './settings-for-history.ts';
import { storageMustStay } from './storage-must-stay.ts';
import { viewMustStand } from './view-must-stand.ts';
import { mustBeWithinBounds } from './within-bounds.ts';

/** Settings that a running jail takes on without a restart. */
const LIVE: ReadonlySet<string> = new Set([
  'limits',
  'resourceLimits',
  'storage',
  'boot',
  'restart',
  'stopTimeoutMs',
]);

/** Changes the settings that are named. Limits hold at once where the host can do that, the rest from the next start. */
export function configureJail(ctx: VerbContext, asked: ConfigureJailInput) {
  const input = ConfigureJailInput.parse(asked);
  return actOnJail(ctx, input, {
    kind: 'jail.configure',
    can: jailCan.configure,
    done: (name) => `changed ${Object.keys(input.settings).join(', ') || 'nothing'} of ${name}`,
    change: async (work, jail, host) => {
      const before = JailSettings.parse(jail.settings);
      const settings = JailSettings.parse({ ...before, ...input.settings });
      storageMustStay(before, settings);
      viewMustStand(settings);
      mustBeUnderstood(host, settings);
      mustBeWithinBounds(host, settings);
      if (input.settings.limits) mustHold(host, settings, jail);
      if (input.settings.storage) {
        mustCount(host, settings);
        mustFit(before, settings, jail);
      }
      await work.tx.jail.update({
        where: { id: jail.id },
        data: { settings, cause: work.event, generation: host.generation },
      });
      const later = Object.keys(input.settings).filter((field) => !LIVE.has(field));
      const waiting = input.settings.resourceLimits ? limitsWait(host, jail, settings.resourceLimits) : [];
      return {
        before: settingsForHistory(before),
        after: settingsForHistory(settings),
        wants: [
          {
            type: 'jail',
            id: jail.id,
            want: 'configured',
            startNumber: jail.startNumber,
            host: host.id,
            generation: host.generation,
            change: { before: named(before, input.settings), after: named(settings, input.settings) },
          },
        ],
        warnings: jail.wanted === 'running' ? [...fromNextStart(jail.name, later), ...waiting] : [],
      };
    },
  });
}

function fromNextStart(jail: string, fields: string[]): string[] {
  if (fields.length === 0) return [];
  return [
    `${fields.join(', ')}: from the next start of ${jail}. Until then it runs on as it is; to start it anew: cellblock restart ${jail}`,
  ];
}

function named(settings: JailSettings, fields: object): SomeJailSettings {
  return Object.fromEntries(
    Object.entries(settings).filter(([field]) => Object.hasOwn(fields, field)),
  ) as SomeJailSettings;
}
