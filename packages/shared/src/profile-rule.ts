import type { JailRoot, JailSettings } from './jail-spec.ts';
import type { Profile } from './profile.ts';
import { PROFILES } from './profile-rules.ts';

/**
 * The profile of a new jail, and whether its root can be written, where nobody has said so: a distribution of
 * its own runs as one; a profile that was chosen decides about the root too.
 */
export function profileOf(
  root: JailRoot,
  named: { profile?: Profile | undefined; readOnly?: boolean | undefined },
): Pick<JailSettings, 'profile' | 'readOnly'> {
  const distribution = root.kind === 'dir' || root.kind === 'tar' || root.kind === 'image';
  const profile = named.profile ?? (distribution ? 'system' : 'daemon');
  const byProfile = named.profile === undefined ? false : PROFILES[profile].readOnlyRoot;
  return { profile, readOnly: named.readOnly ?? byProfile };
}

/**
 * The same where the profile of a jail is changed: another one that is named decides about the root, unless that
 * is named too. Answers what is to be set beside the profile.
 */
export function rootOfProfile(
  named: { profile?: Profile | undefined; readOnly?: boolean | undefined },
  present: { profile: Profile },
): Pick<Partial<JailSettings>, 'readOnly'> {
  const { profile, readOnly } = named;
  if (profile === undefined || profile === present.profile || readOnly !== undefined) return {};
  return { readOnly: PROFILES[profile].readOnlyRoot };
}
