'use client';
import { createContext, type ReactNode, useContext, useState } from 'react';
import type { Zone } from './time-text';

const ZoneContext = createContext<{ zone: Zone; setZone: (zone: Zone) => void }>({
  zone: 'utc',
  setZone: () => {},
});

/** One zone for every time on the screen. */
export function ZoneProvider({
  initial,
  onChange,
  children,
}: {
  initial: Zone;
  onChange: (zone: Zone) => void;
  children: ReactNode;
}) {
  const [zone, set] = useState(initial);
  const setZone = (next: Zone) => {
    set(next);
    onChange(next);
  };
  return <ZoneContext value={{ zone, setZone }}>{children}</ZoneContext>;
}

export const useZone = () => useContext(ZoneContext);
