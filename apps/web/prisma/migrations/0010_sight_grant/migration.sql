-- A permission by name: a jail is shown the processes of another jail of its host, until it ends.
CREATE TABLE sight_grant (
  -- the event that granted it
  id uuid PRIMARY KEY,
  host_id uuid NOT NULL REFERENCES host (id),
  viewer_id uuid NOT NULL REFERENCES jail (id) ON DELETE CASCADE,
  target_id uuid NOT NULL REFERENCES jail (id) ON DELETE CASCADE,
  by_name text NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  until timestamptz NOT NULL,
  ended_at timestamptz,
  -- revoked, expired or refused by the host; null while it holds
  ended text CHECK (ended IN ('revoked', 'expired', 'failed')),
  CHECK (viewer_id <> target_id),
  CHECK (until > granted_at),
  CHECK ((ended IS NULL) = (ended_at IS NULL))
);
-- One permission at a time from one jail to another.
CREATE UNIQUE INDEX sight_grant_open ON sight_grant (viewer_id, target_id) WHERE ended_at IS NULL;
CREATE INDEX sight_grant_until ON sight_grant (until) WHERE ended_at IS NULL;
