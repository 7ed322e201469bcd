import * as z from 'zod';

/** A path on the host: absolute, without `..`, empty parts or control characters. */
export const HostPath = z
  .string()
  .regex(/^\//, 'must be absolute: begin with /')
  .refine((path) => !path.split('/').includes('..'), 'must not contain "..": write the path out')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  .refine((path) => !/[\u0000-\u001f\u007f]/.test(path), 'must not contain control characters');
