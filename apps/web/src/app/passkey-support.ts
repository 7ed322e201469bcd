'use client';
import { useEffect, useState } from 'react';

/** Why this browser, on this page, cannot use passkeys; null if it can; undefined until it is known. */
export function usePasskeyObstacle(): string | null | undefined {
  const [obstacle, setObstacle] = useState<string | null | undefined>(undefined);
  useEffect(() => setObstacle(passkeyObstacle()), []);
  return obstacle;
}

function passkeyObstacle(): string | null {
  if (!window.isSecureContext) {
    return `Passkeys need https or http://localhost; this page is ${window.location.origin}.`;
  }
  if (/^[\d.]+$|^\[/.test(window.location.hostname)) {
    return `Passkeys belong to a name, and this page is at the address ${window.location.hostname}. Open it by its name.`;
  }
  if (typeof window.PublicKeyCredential === 'undefined') return 'This browser has no passkeys.';
  return null;
}
