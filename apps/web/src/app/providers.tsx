'use client';
import type { ReactNode } from 'react';
import { ApiProvider } from '@/trpc/client';
import type { Zone } from '@/ui/time-text';
import { ToastProvider } from '@/ui/toast';
import { TooltipLayer } from '@/ui/tooltip-layer';
import { ZoneProvider } from '@/ui/zone';
import { keepInCookie, type Theme, ZONE_COOKIE } from './appearance';
import { ThemeProvider } from './theme';

export function Providers({ theme, zone, children }: { theme: Theme; zone: Zone; children: ReactNode }) {
  return (
    <ApiProvider>
      <ThemeProvider initial={theme}>
        <ZoneProvider initial={zone} onChange={(next) => keepInCookie(ZONE_COOKIE, next)}>
          <ToastProvider>{children}</ToastProvider>
          <TooltipLayer />
        </ZoneProvider>
      </ThemeProvider>
    </ApiProvider>
  );
}
