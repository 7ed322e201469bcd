import type { ReactNode } from 'react';
import { Shell } from '../shell/shell';

/**
 * Pages below stand in no Suspense boundary of their own: one that hydrates after the frame has asked the server
 * finds answers that its first HTML did not have, and React throws that HTML away.
 */
export default function ConsoleLayout({ children }: { children: ReactNode }) {
  return <Shell>{children}</Shell>;
}
