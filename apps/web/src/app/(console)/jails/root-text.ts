import type { JailSettings } from '@cellblock/shared/jail-spec';
import { rootName } from '@cellblock/shared/root-name';

/** What the jail's `/` is, in a few words. */
export function rootText({ root, readOnly }: Pick<JailSettings, 'root' | 'readOnly'>): string {
  const base = root.kind === 'host-usr' && root.ephemeral ? 'host-usr, ephemeral' : rootName(root);
  return readOnly ? `${base}, read only` : base;
}
