'use client';
import type { ReactNode } from 'react';
import { ApiProvider } from '@/trpc/client';
import type { Zone } from '@/ui/time-text';
import { ToastProvider } from '@/ui/toast';
import { TooltipLayer } from '@/ui/tooltip-layer';
import type { Theme } from './appearance';
import { ThemeProvider } from './theme';
import { ZoneInUrl } from './zone-in-url';

export function Providers({ theme, zone, children }: { theme: Theme; zone: Zone; children: ReactNode }) {
  return (
    <ApiProvider>
      <ThemeProvider initial={theme}>
        <ZoneInUrl initial={zone}>
          <ToastProvider>{children}</ToastProvider>
          <TooltipLayer />
        </ZoneInUrl>
      </ThemeProvider>
    </ApiProvider>
  );
}
