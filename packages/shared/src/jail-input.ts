import * as z from 'zod';
import { IpAddress } from './ip-address.ts';
import { JailSettings } from './jail-spec.ts';
import { Name } from './name.ts';

/** Settings as far as they are named: what is left out stays as it is, or as its default says. Not
 *  `partial()`, which fills in the defaults of fields that nobody named. */
export const SomeJailSettings = z.object({
  hostname: JailSettings.shape.hostname.optional(),
  root: JailSettings.shape.root.optional(),
  readOnly: JailSettings.shape.readOnly.unwrap().optional(),
  profile: JailSettings.shape.profile.unwrap().optional(),
  storage: JailSettings.shape.storage,
  view: JailSettings.shape.view.unwrap().optional(),
  devices: JailSettings.shape.devices.unwrap().optional(),
  resourceLimits: JailSettings.shape.resourceLimits.unwrap().optional(),
  command: JailSettings.shape.command.unwrap().optional(),
  environment: JailSettings.shape.environment.unwrap().optional(),
  limits: JailSettings.shape.limits.unwrap().optional(),
  dns: JailSettings.shape.dns.unwrap().optional(),
  boot: JailSettings.shape.boot.unwrap().optional(),
  restart: JailSettings.shape.restart.unwrap().optional(),
  stopTimeoutMs: JailSettings.shape.stopTimeoutMs.unwrap().optional(),
});
export type SomeJailSettings = z.infer<typeof SomeJailSettings>;

/** Everything but the name has a default that explains itself. */
export const CreateJailInput = z.object({
  name: Name,
  /** name; absent: the network's one host, else the only host */
  host: z.string().optional(),
  /** name; absent: the only network that reaches the host; null: no network */
  network: z.string().nullable().optional(),
  /** absent: the next free address of each family of the network */
  addresses: z.array(IpAddress).optional(),
  /** hostname defaults to the name */
  settings: SomeJailSettings.default({}),
  /** The browser's first jail may bring its bridge with NAT along. */
  makeNetwork: z.object({ name: Name, subnet: z.string(), nat: z.boolean() }).optional(),
  start: z.boolean().default(true),
  dryRun: z.boolean().default(false),
  /** hash of the plan that a person approved */
  plan: z.string().optional(),
});
export type CreateJailInput = z.input<typeof CreateJailInput>;

/** A jail by name or id. */
export const JailRef = z.object({ jail: z.string().min(1) });

export const ConfigureJailInput = JailRef.extend({
  settings: SomeJailSettings,
  dryRun: z.boolean().default(false),
});
export type ConfigureJailInput = z.input<typeof ConfigureJailInput>;
export const DestroyJailInput = JailRef.extend({
  purge: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});
export type DestroyJailInput = z.input<typeof DestroyJailInput>;
export const JailActInput = JailRef.extend({ dryRun: z.boolean().default(false) });
export type JailActInput = z.input<typeof JailActInput>;
