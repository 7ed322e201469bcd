/** A line of `probe`: HELD, BREACH, ALLOWED (a breach that was declared), SKIP (with its reason). */
export type Verdict = 'HELD' | 'BREACH' | 'ALLOWED' | 'SKIP';

export interface Finding {
  probe: string;
  verdict: Verdict;
  detail: string;
}

export interface ProbeEntry {
  name: string;
  /** of the catalogue of attacks, with its section */
  number: number;
  section: string;
  cves: string[];
  must: string;
}

const VERDICTS = new Set<string>(['HELD', 'BREACH', 'ALLOWED', 'SKIP']);

/** What `probe` printed; lines of anything else are passed over. */
export function findingsIn(text: string): Finding[] {
  return text.split('\n').flatMap((line) => {
    const [probe, verdict, detail] = line.replace(/\r$/, '').split('\t');
    return probe && verdict && VERDICTS.has(verdict)
      ? [{ probe, verdict: verdict as Verdict, detail: detail ?? '' }]
      : [];
  });
}

/** What `probe --list` printed. */
export function entriesIn(text: string): ProbeEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', number, section = '', cves = '', must = ''] = line.split('\t');
      return { name, number: Number(number), section, cves: cves.split(',').filter(Boolean), must };
    });
}
