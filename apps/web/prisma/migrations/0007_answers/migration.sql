-- How the sentences of the founding mails were answered on a host the last time, or are being answered now.
CREATE TABLE answers_run (
  host_id uuid PRIMARY KEY REFERENCES host ON DELETE CASCADE,
  -- AnswersRun
  run jsonb NOT NULL,
  -- the row that is being tested
  testing text,
  -- the audit event that wanted it
  intent uuid NOT NULL,
  -- when the host last said something of it: whoever listened may be gone
  heard_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
