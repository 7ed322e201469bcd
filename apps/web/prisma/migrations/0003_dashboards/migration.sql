-- Several dashboards on one database: who they are, which one an agent is connected to, and what each
-- alone would count wrongly.

-- Hash of the installation's public key. The first dashboard writes it; one with another key is refused.
ALTER TABLE installation ADD COLUMN key_hash text CHECK (key_hash ~ '^[0-9a-f]{64}$');

CREATE TABLE dashboard (
  -- made with its data directory
  id uuid PRIMARY KEY,
  url text NOT NULL,
  -- PEM of the authority that signs its certificate; null: one that every system knows
  ca text,
  version text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- it says every few seconds that it is there
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- stopped in order
  stopped_at timestamptz
);

-- Where the agent of a host is connected, as far as anybody knows.
ALTER TABLE host ADD COLUMN dashboard_id uuid REFERENCES dashboard ON DELETE SET NULL;

-- Failed sign-ins, counted by account and by source. Nothing is lost with it but a few minutes of waiting.
CREATE UNLOGGED TABLE sign_in_tries (
  key text PRIMARY KEY,
  remaining integer NOT NULL,
  at timestamptz NOT NULL
);
