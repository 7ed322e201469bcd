-- What needs or needed attention: one row for each thing, which opens again when it comes back.
CREATE TABLE notice (
  -- rule, object and part: the same trouble has the same key
  key text PRIMARY KEY,
  rule text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('bad', 'warn', 'unknown')),
  object_type text NOT NULL,
  object_id text NOT NULL,
  object_name text NOT NULL,
  text text NOT NULL,
  fix text,
  -- since when it is so, as far as anybody knows
  since timestamptz NOT NULL,
  -- when it was noticed, this time
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- how often it opened without a day of rest between
  times integer NOT NULL DEFAULT 1 CHECK (times > 0),
  cleared_at timestamptz
);
CREATE INDEX notice_open ON notice (opened_at DESC) WHERE cleared_at IS NULL;

-- What a person has put aside. A notice that opens again after it is there again.
CREATE TABLE notice_done (
  actor_id text NOT NULL,
  -- notice/KEY or task/T-1
  subject text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (actor_id, subject)
);
