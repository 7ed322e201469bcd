import { JAIL_LIMITS, type JailLimit, type JailLimits, SIZE_LIMITS } from '@cellblock/shared/jail-limits';
import { formatSize, parseSize } from '@cellblock/shared/size-text';

export type LimitsForm = Record<JailLimit, string>;

export function formOf(limits: JailLimits): LimitsForm {
  const text = (limit: JailLimit) => {
    const value = limits[limit];
    if (value === null) return '';
    return SIZE_LIMITS.has(limit) ? formatSize(value) : String(value);
  };
  return Object.fromEntries(JAIL_LIMITS.map((limit) => [limit, text(limit)])) as LimitsForm;
}

/** The limits that were typed, or the first that cannot be read; the server decides about the rest. */
export function limitsOf(form: LimitsForm): JailLimits | { limit: JailLimit; error: string } {
  const limits: Partial<JailLimits> = {};
  for (const limit of JAIL_LIMITS) {
    const text = form[limit].trim();
    const isSize = SIZE_LIMITS.has(limit);
    const value = text === '' ? null : isSize ? parseSize(text) : Number(text);
    if (text !== '' && (value === null || !(value > 0))) {
      return { limit, error: isSize ? 'This is no size: write 256M or 1G.' : 'This is no number above 0.' };
    }
    limits[limit] = value;
  }
  return limits as JailLimits;
}

/** The limits as they are now with what was typed over `base`, those that the form was filled with. */
export function limitsAsked(typed: JailLimits, base: JailLimits, now: JailLimits): JailLimits {
  const changed = JAIL_LIMITS.filter((limit) => typed[limit] !== base[limit]);
  return { ...now, ...Object.fromEntries(changed.map((limit) => [limit, typed[limit]])) };
}
