'use client';
import NextLink from 'next/link';
import type { ComponentProps } from 'react';
import { useZone } from '@/ui/zone';
import { useRouter } from './use-router';
import { withZone } from './with-zone';

type LinkProps = Omit<ComponentProps<typeof NextLink>, 'href' | 'onNavigate'> & { href: string };

/**
 * A link to a page of ours. It leads on in the zone that is chosen when it is followed: what it was drawn with may be
 * a key press older.
 */
export function Link({ href, replace, scroll, ...rest }: LinkProps) {
  const { zone } = useZone();
  const router = useRouter();
  return (
    <NextLink
      {...rest}
      href={withZone(href, zone)}
      onNavigate={(event) => {
        event.preventDefault();
        router[replace ? 'replace' : 'push'](href, { scroll: scroll ?? true });
      }}
    />
  );
}
