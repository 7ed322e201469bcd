import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import './globals.css';
import { readTheme, readZone, THEME_COOKIE, ZONE_COOKIE } from './appearance';
import { Providers } from './providers';
import { UrlOfPage } from './url-of-page';

export const metadata: Metadata = {
  title: { default: 'Cellblock', template: '%s · Cellblock' },
  description: 'Jails on a fleet of Linux hosts',
};

export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const theme = readTheme(jar.get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme === 'system' ? undefined : theme}>
      <body>
        <NuqsAdapter>
          <UrlOfPage>
            <Providers theme={theme} zone={readZone(jar.get(ZONE_COOKIE)?.value)}>
              {children}
            </Providers>
          </UrlOfPage>
        </NuqsAdapter>
      </body>
    </html>
  );
}
