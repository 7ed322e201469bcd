'use client';
import { createContext, type ReactNode, useContext } from 'react';
import type { Zone } from './time-zone';

interface ZoneChoice {
  zone: Zone;
  /** `local` is the zone that this browser is in */
  setZone: (zone: Zone) => void;
}

const ZoneContext = createContext<ZoneChoice>({ zone: 'utc', setZone: () => {} });

/** One zone for every time on the screen. */
export function ZoneProvider({ zone, setZone, children }: ZoneChoice & { children: ReactNode }) {
  return <ZoneContext value={{ zone, setZone }}>{children}</ZoneContext>;
}

export const useZone = () => useContext(ZoneContext);
