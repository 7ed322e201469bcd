import { AppError } from '@cellblock/shared/app-error';
import { canonicalJson } from '@cellblock/shared/canonical-json';
import { documentSettings, type ParsedDocument } from '@cellblock/shared/document';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import type { JailView } from '@cellblock/shared/views/jail-view';
import type { PlanView } from '@cellblock/shared/views/plan-view';
import type { TaskView } from '@cellblock/shared/views/task-view';
import type { Change } from '../change-fleet.ts';
import { assignIp } from '../ip-assignments/assign-ip.ts';
import { releaseIp } from '../ip-assignments/release-ip.ts';
import { configureJail } from '../jails/configure-jail.ts';
import { createJail } from '../jails/create-jail.ts';
import { readJail } from '../jails/queries.ts';
import { startJail } from '../jails/start-jail.ts';
import { stopJail } from '../jails/stop-jail.ts';
import { createNetwork } from '../networks/create-network.ts';
import { readNetwork } from '../networks/queries.ts';
import { createPool } from '../pools/create-pool.ts';
import { readPool } from '../pools/queries.ts';
import type { VerbContext } from '../verb-context.ts';

/** One verb that brings an object nearer to its document. */
export interface DocumentAct {
  text: string;
  preview: () => Promise<PlanView | null>;
  run: () => Promise<TaskView | null>;
}

export interface DocumentChange {
  act: 'create' | 'change' | 'none';
  acts: DocumentAct[];
}

/** What has to be done so that an object is as its document says. Fields it leaves out are left alone. */
export async function documentChange(ctx: VerbContext, document: ParsedDocument): Promise<DocumentChange> {
  switch (document.kind) {
    case 'Network':
      return await networkChange(ctx, document);
    case 'Pool':
      return await poolChange(ctx, document);
    case 'Jail':
      return await jailChange(ctx, document);
  }
}

function act<T>(text: string, verb: (dryRun: boolean) => Promise<Change<T>>): DocumentAct {
  return {
    text,
    preview: async () => {
      const change = await verb(true);
      return 'plan' in change ? change.plan : null;
    },
    run: async () => {
      const change = await verb(false);
      return 'plan' in change ? null : change.task;
    },
  };
}

async function present<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof AppError && error.refusal.code === 'not-found') return null;
    throw error;
  }
}

type Of<Kind extends ParsedDocument['kind']> = Extract<ParsedDocument, { kind: Kind }>;

async function networkChange(ctx: VerbContext, { metadata, spec }: Of<'Network'>): Promise<DocumentChange> {
  const { name } = metadata;
  const there = await present(readNetwork(ctx.db, name));
  if (!there) {
    const { subnets, nat, parent, gateway, host } = spec;
    const create = act(`create network ${name} (${subnets.join(', ')})`, (dryRun) =>
      createNetwork(ctx, { name, subnets, nat: nat ?? false, parent, gateway, host, dryRun }),
    );
    return { act: 'create', acts: [create] };
  }
  const wanted = { subnets: spec.subnets, nat: spec.nat ?? there.nat, parent: spec.parent ?? there.parent };
  const seen = { subnets: there.subnets.map(({ prefix }) => prefix), nat: there.nat, parent: there.parent };
  mustBeAlike('Network', name, wanted, seen);
  return { act: 'none', acts: [] };
}

async function poolChange(ctx: VerbContext, { metadata, spec }: Of<'Pool'>): Promise<DocumentChange> {
  const { name } = metadata;
  const [first = '', last = ''] = spec.range.split('-');
  const coolingSeconds = spec.cooling === undefined ? undefined : Math.round(spec.cooling / 1000);
  const there = await present(readPool(ctx.db, name));
  if (!there) {
    const run = async () => {
      await createPool(ctx, {
        name,
        network: spec.network,
        first,
        last,
        ...(coolingSeconds !== undefined && { coolingSeconds }),
      });
      return null;
    };
    const text = `create pool ${name} (${first} to ${last}) of network ${spec.network}`;
    return { act: 'create', acts: [{ text, preview: async () => null, run }] };
  }
  const wanted = { network: spec.network, first, last, cooling: coolingSeconds ?? there.coolingSeconds };
  const seen = {
    network: there.network.name,
    first: there.first,
    last: there.last,
    cooling: there.coolingSeconds,
  };
  mustBeAlike('Pool', name, wanted, seen);
  return { act: 'none', acts: [] };
}

function mustBeAlike(
  kind: string,
  name: string,
  wanted: Record<string, unknown>,
  seen: Record<string, unknown>,
): void {
  const field = Object.keys(wanted).find((key) => canonicalJson(wanted[key]) !== canonicalJson(seen[key]));
  if (field === undefined) return;
  throw new AppError('conflict', `${kind} ${name} exists and differs in ${field}.`, {
    field: `spec.${field}`,
    cause: `It is ${JSON.stringify(seen[field])}, the document says ${JSON.stringify(wanted[field])}; it cannot be changed in place.`,
    fix: 'Make another one, and remove this one when nothing uses it: apply never destroys.',
  });
}

async function jailChange(ctx: VerbContext, { metadata, spec }: Of<'Jail'>): Promise<DocumentChange> {
  const { name } = metadata;
  const jail = await present(readJail(ctx.db, name));
  return jail ? changeOf(ctx, jail, spec) : { act: 'create', acts: [createOf(ctx, name, spec)] };
}

function createOf(ctx: VerbContext, name: string, spec: Of<'Jail'>['spec']): DocumentAct {
  const [inside, more] = spec.interfaces ?? [];
  if (more) {
    throw new AppError('invalid', `${name}: a new jail has one interface at first.`, {
      field: 'spec.interfaces.1',
      cause: 'A jail is made with one interface; others come with their first address.',
      fix: 'Apply with one interface, then with all of them.',
    });
  }
  return act(`create jail ${name}`, (dryRun) =>
    createJail(ctx, {
      name,
      host: spec.host,
      ...(spec.interfaces && { network: inside?.network ?? null }),
      ...(inside?.addresses && { addresses: inside.addresses }),
      settings: documentSettings(spec, null),
      start: spec.state !== 'stopped',
      dryRun,
    }),
  );
}

function changeOf(ctx: VerbContext, jail: JailView, spec: Of<'Jail'>['spec']): DocumentChange {
  const { name } = jail;
  if (spec.host !== undefined && spec.host !== jail.host.name) {
    throw new AppError('conflict', `${name} is on host ${jail.host.name}.`, {
      field: 'spec.host',
      cause: `The document says ${spec.host}; a jail does not change its host.`,
      fix: `Make another jail on ${spec.host} and move the addresses: cellblock ip move ADDR JAIL`,
    });
  }
  const acts: DocumentAct[] = [];
  const settings = differing(documentSettings(spec, jail.settings), jail.settings);
  if (Object.keys(settings).length > 0) {
    acts.push(
      act(`change ${Object.keys(settings).join(', ')} of ${name}`, (dryRun) =>
        configureJail(ctx, { jail: jail.id, settings, dryRun }),
      ),
    );
  }
  for (const wanted of spec.interfaces ?? []) {
    const inside = jail.interfaces.find(
      (one) => one.network.name === wanted.network && (wanted.name === undefined || one.name === wanted.name),
    );
    const held = (inside?.addresses ?? []).filter(({ state }) => state === 'wanted' || state === 'assigned');
    for (const { address } of wanted.addresses ? held : []) {
      if (wanted.addresses?.includes(address)) continue;
      acts.push(
        act(`release ${address} from ${name}`, (dryRun) =>
          releaseIp(ctx, { jail: jail.id, address, dryRun }),
        ),
      );
    }
    for (const address of wanted.addresses ?? []) {
      if (held.some((one) => one.address === address)) continue;
      const input = { jail: jail.id, address, network: wanted.network, interface: wanted.name };
      acts.push(act(`assign ${address} to ${name}`, (dryRun) => assignIp(ctx, { ...input, dryRun })));
    }
  }
  if (spec.state !== undefined && spec.state !== jail.wanted.state) {
    const verb = spec.state === 'running' ? startJail : stopJail;
    const word = spec.state === 'running' ? 'start' : 'stop';
    acts.push(act(`${word} ${name}`, (dryRun) => verb(ctx, { jail: jail.id, dryRun })));
  }
  return { act: acts.length > 0 ? 'change' : 'none', acts };
}

/** Only what is another value: applying a document twice changes nothing. */
function differing(wanted: Partial<JailSettings>, present: JailSettings): Partial<JailSettings> {
  return Object.fromEntries(
    Object.entries(wanted).filter(
      ([field, value]) => canonicalJson(value) !== canonicalJson(present[field as keyof JailSettings]),
    ),
  );
}
