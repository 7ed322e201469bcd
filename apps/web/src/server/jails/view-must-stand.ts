import { AppError } from '@cellblock/shared/app-error';
import type { JailSettings } from '@cellblock/shared/jail-spec';
import { viewProblems } from '@cellblock/shared/view-problems';

/** Refuses a view that no host could show; the host looks at its disk and its bounds besides. */
export function viewMustStand(settings: JailSettings): void {
  const [problem] = viewProblems(settings);
  if (!problem) return;
  const { rule, field, message, cause, fix } = problem;
  throw new AppError('invalid', message, { field, cause, fix, evidence: { rule } });
}
