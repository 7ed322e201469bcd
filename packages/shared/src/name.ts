import * as z from 'zod';

/**
 * What jails, hosts, networks, pools and tokens may be called: 1 to 63 letters, digits, `.`, `_`, `-`,
 * beginning with a letter or digit. Names made only of dots are reserved (requirement C31), as are names
 * that could be read as an address, because one word then would name two things.
 */
export const Name = z
  .string()
  .min(1, 'is empty: give it a name')
  .max(63, 'is longer than 63 characters: shorten it')
  .regex(/^(?!\.+$)/, 'is made only of dots, which name directories: use letters or digits')
  .regex(/^[a-z0-9]/, 'must begin with a lower-case letter or a digit: put one in front')
  .regex(
    /^[a-z0-9._-]*$/,
    'may hold lower-case letters, digits, ".", "_" and "-" only: write it as web-1 or db.eu_2',
  )
  .refine((name) => !/^\d+\.\d+\.\d+\.\d+$/.test(name), 'looks like an IP address: add a letter');
export type Name = z.infer<typeof Name>;

/** A host name as uname(2) and DNS take it. */
export const Hostname = z
  .string()
  .max(64, 'is longer than 64 characters: shorten it')
  .regex(
    /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/,
    'may hold letters, digits, "." and "-" only: write it as web-1.example',
  );
