import { existsSync } from 'node:fs';
import { AppError } from '@cellblock/shared/app-error';
import type { ImageOrder } from '@cellblock/shared/image';

/** A program that images are made with, and the Debian package that has it. */
interface Tool {
  path: string;
  package: string;
}

const TOOLS = {
  mmdebstrap: { path: '/usr/bin/mmdebstrap', package: 'mmdebstrap' },
  skopeo: { path: '/usr/bin/skopeo', package: 'skopeo' },
  umoci: { path: '/usr/bin/umoci', package: 'umoci' },
  wget: { path: '/usr/bin/wget', package: 'wget' },
  tar: { path: '/usr/bin/tar', package: 'tar' },
} satisfies Record<string, Tool>;

function toolsFor(order: ImageOrder): Tool[] {
  if (order.kind === 'pull') return [TOOLS.skopeo, TOOLS.umoci];
  if (order.kind === 'upload') return [TOOLS.tar];
  return order.distribution.startsWith('debian:') ? [TOOLS.mmdebstrap] : [TOOLS.wget, TOOLS.tar];
}

const lacking = (tools: readonly Tool[]) => tools.filter(({ path }) => !existsSync(path));
const install = (tools: readonly Tool[]) => `apt-get install ${tools.map((tool) => tool.package).join(' ')}`;

/** Images are an option of a host: what makes them need not be there for it to run jails. */
export const imageTools = {
  /** Throws when the host lacks a program that the order needs. */
  require(order: ImageOrder): void {
    const missing = lacking(toolsFor(order));
    if (missing.length === 0) return;
    throw new AppError('conflict', `This host lacks ${missing.map((tool) => tool.package).join(' and ')}.`, {
      field: 'host',
      cause: 'Images of this kind are made with it, and hosts need not have it.',
      fix: `On the host, as root: ${install(missing)}`,
    });
  },
  /** What the host lacks of them all, and how it gets it; null: nothing. */
  lacking(): { names: string; fix: string } | null {
    const missing = lacking(Object.values(TOOLS));
    if (missing.length === 0) return null;
    return { names: missing.map((tool) => tool.package).join(', '), fix: install(missing) };
  },
};
