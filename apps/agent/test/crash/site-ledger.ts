import { withClient } from '../../src/supervisor/postgres-cluster.ts';

/** Everything that was wanted has come to its end, and the host's account of it is here. */
const OPEN = `
  SELECT 'task T-' || id || ' ' || kind || ' is ' || state AS what FROM task
    WHERE ended_at IS NULL OR state <> 'applied'
  UNION ALL SELECT 'host ' || name || ' is at ' || accepted || ' and ' || converged || ', wanted ' || generation
    FROM host WHERE state = 'ready' AND (accepted <> generation OR converged <> generation)
  UNION ALL SELECT 'event ' || event_id || ' has no number' FROM audit_pending`;

const LOST = `
  SELECT 'intent of ' || kind || ' has no outcome' AS what FROM audit_event i
    WHERE phase = 'intent' AND NOT EXISTS (SELECT 1 FROM audit_event o WHERE o.phase = 'outcome' AND o.intent = i.id)
  UNION ALL SELECT 'leaves are not dense' FROM
    (SELECT count(*) AS n, coalesce(max(seq), 0) AS last, (SELECT count(*) FROM audit_event) AS events FROM audit_leaf) l
    WHERE n <> last OR n <> events
  UNION ALL SELECT 'receipts are not dense' FROM
    (SELECT h.receipt_seq, count(r.*) AS n, coalesce(max(r.seq), 0) AS last FROM host h
      LEFT JOIN receipt r ON r.host_id = h.id GROUP BY h.id) c WHERE n <> last OR n <> receipt_seq`;

const DOUBLED = `
  SELECT count(*) || ' outcomes of one ' || max(kind) AS what FROM audit_event WHERE phase = 'outcome'
    AND kind <> 'host.enroll' GROUP BY intent HAVING count(*) > 1
  UNION ALL SELECT 'address ' || address || ' is held ' || count(*) || ' times' FROM ip_assignment
    WHERE seen_gone IS NULL GROUP BY network_id, address HAVING count(*) > 1`;

/** What the database says of acts, one line for each thing that is not as it should be. */
export class SiteLedger {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  open = () => this.lines(OPEN);
  lost = () => this.lines(LOST);
  doubled = () => this.lines(DOUBLED);

  /** How often somebody wanted this. */
  async intents(kind: string): Promise<number> {
    const sql = "SELECT count(*)::text AS what FROM audit_event WHERE phase = 'intent' AND kind = $1";
    return Number((await this.lines(sql, kind))[0]);
  }

  async lines(sql: string, ...values: string[]): Promise<string[]> {
    return await withClient(this.url, async (client) =>
      (await client.query<{ what: string }>(sql, values)).rows.map(({ what }) => what),
    );
  }
}
