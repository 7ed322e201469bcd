import type { JailSettings } from '@cellblock/shared/jail-spec';

/** What the jail's `/` is, in a few words. */
export function rootText({ root, readOnly }: Pick<JailSettings, 'root' | 'readOnly'>): string {
  const base =
    root.kind === 'host-usr' ? `host-usr${root.ephemeral ? ', ephemeral' : ''}` : `${root.kind}:${root.path}`;
  return readOnly ? `${base}, read only` : base;
}
