import * as z from 'zod';
import { PROFILES, type ProfileName } from './profile-rules.ts';

/**
 * How much a jail may do inside itself. Where the founding mails disagree (requirement X5) the profile decides.
 */
export const Profile = z.enum(Object.keys(PROFILES) as [ProfileName, ...ProfileName[]]);
export type Profile = z.infer<typeof Profile>;
