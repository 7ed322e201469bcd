'use client';
import { createContext, type ReactNode, useContext } from 'react';
import type { Zone } from './time-zone';

interface ZoneChoice {
  zone: Zone;
  /** as it was chosen last, also before that has been drawn */
  zoneNow: () => Zone;
  /** `local` is the zone that this browser is in */
  setZone: (zone: Zone) => void;
}

const ZoneContext = createContext<ZoneChoice>({ zone: 'utc', zoneNow: () => 'utc', setZone: () => {} });

/** One zone for every time on the screen. */
export function ZoneProvider({ children, ...choice }: ZoneChoice & { children: ReactNode }) {
  return <ZoneContext value={choice}>{children}</ZoneContext>;
}

export const useZone = () => useContext(ZoneContext);
