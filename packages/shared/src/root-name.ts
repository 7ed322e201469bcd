import type { JailRoot } from './jail-spec.ts';

/** A root as `--root` takes it and as people read it: `host-usr`, `dir:/srv/web`, `image:sha256:…`. */
export function rootName(root: JailRoot): string {
  switch (root.kind) {
    case 'host-usr':
    case 'view':
      return root.kind;
    case 'dir':
    case 'tar':
      return `${root.kind}:${root.path}`;
    case 'image':
      return `image:${root.digest}`;
  }
}
