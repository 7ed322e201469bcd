'use client';
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@/ui/button';
import { useMayNot } from '../../may';
import { useKey } from '../../use-key';
import { AccessHeader } from './access-header';
import { NeedsRole } from './needs-role';

interface AccessPageProps {
  /** how many there are, once that is known */
  meta: ReactNode;
  /** what the page's one button is called, and does */
  add: { label: string; onPress: () => void };
  /** the list, for those who may see it */
  children: ReactNode;
}

/** A part of access that administrators alone see and change. */
export function AccessPage({ meta, add, children }: AccessPageProps) {
  const denied = useMayNot('administer');
  useKey('n', () => denied === null && add.onPress());
  return (
    <>
      <AccessHeader
        meta={meta}
        actions={
          <Button
            look="primary"
            icon={<Plus aria-hidden />}
            shortcut="N"
            disabledReason={denied}
            onClick={add.onPress}
          >
            {add.label}
          </Button>
        }
      />
      {denied ? <NeedsRole reason={denied} /> : children}
    </>
  );
}
