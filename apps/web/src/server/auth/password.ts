import * as z from 'zod';
import { PASSWORD_LENGTH } from './sign-in.ts';

/** Long enough, and nothing else is asked of it (NIST SP 800-63B): rules about signs make worse passwords. */
export const Password = z
  .string()
  .min(
    PASSWORD_LENGTH.min,
    `is shorter than ${PASSWORD_LENGTH.min} characters: take a longer one, words will do`,
  )
  .max(PASSWORD_LENGTH.max, `is longer than ${PASSWORD_LENGTH.max} characters: shorten it`);
