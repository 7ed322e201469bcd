const LENGTH = 'sha256:'.length + 12;

/** A digest as people tell images apart: its algorithm and the first twelve digits. Never to address one by. */
export const shortDigest = (digest: string): string => digest.slice(0, LENGTH);
