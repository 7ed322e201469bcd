/** What is known of a line's token where it was made. */
export interface Enrolment {
  /** null: the host is called what it calls itself */
  name: string | null;
  createdBy: string;
  createdAt: Date;
  expiresAt: Date;
  usedAt: Date | null;
  /** the host that it enrolled */
  usedBy: string | null;
}

export interface EnrolmentRefusal {
  reason: 'token-unknown' | 'token-other-host' | 'token-used' | 'token-expired';
  message: string;
  cause: string;
  fix: string;
}

const MINUTES = 15;

export const UNKNOWN_TOKEN: EnrolmentRefusal = {
  reason: 'token-unknown',
  message: 'This enrolment secret is not one of ours.',
  cause: 'No line with this secret was ever made here: it was cut off, or belongs to another dashboard.',
  fix: 'Copy the whole line that `cellblock host enroll` printed, at this dashboard.',
};

/**
 * Why a token enrols nobody, with when and by whom; null: it does. `knownAs` is the host that the asking key
 * belongs to already: its own line it may show again, the line of another it may not.
 */
export function enrolmentRefusal(
  enrolment: Enrolment | null,
  asking: { knownAs: string | null; clock: Date | null },
  now: Date,
): EnrolmentRefusal | null {
  if (enrolment === null) return UNKNOWN_TOKEN;
  const { name, usedAt, usedBy, expiresAt } = enrolment;
  const { knownAs, clock } = asking;
  if (knownAs !== null && usedBy === knownAs) return null;
  if (knownAs !== null && name !== null && name !== knownAs) {
    return {
      reason: 'token-other-host',
      message: `This enrolment line is for host ${name}: ${enrolment.createdBy} made it at ${enrolment.createdAt.toISOString()}. This machine is host ${knownAs}.`,
      cause: 'A line that was made for one host enrols no other.',
      fix: `Paste it on the machine that shall be ${name}; ${knownAs} is enrolled and needs none.`,
    };
  }
  if (usedAt !== null) {
    return {
      reason: 'token-used',
      message: `This enrolment line was used at ${usedAt.toISOString()} by host ${usedBy}.`,
      cause: 'A line enrols one host, once.',
      fix: `Make another: cellblock host enroll. If you did not enrol ${usedBy}, somebody else had this line: cellblock host rm ${usedBy}`,
    };
  }
  if (expiresAt.getTime() <= now.getTime()) {
    const theirs = clock === null ? '' : `, and this host's says ${clock.toISOString()}`;
    return {
      reason: 'token-expired',
      message: `This enrolment line ended at ${expiresAt.toISOString()}; the dashboard's clock says ${now.toISOString()}${theirs}.`,
      cause: `A line is good for ${MINUTES} minutes, by the dashboard's clock.`,
      fix: 'Make another: cellblock host enroll; and paste it at once.',
    };
  }
  return null;
}
