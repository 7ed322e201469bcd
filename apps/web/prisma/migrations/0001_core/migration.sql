-- Hosts, networks, pools, jails, the history of addresses, tasks, receipts and the audit history.
-- Moments are the database's clock: clock_timestamp(), because now() is the transaction's beginning and
-- a caller that waited for a lock would write a moment before its predecessor's end.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TYPE inet_range AS RANGE (subtype = inet);

CREATE TABLE host (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  -- raw Ed25519 public key, base64
  public_key text NOT NULL UNIQUE,
  fingerprint text NOT NULL,
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'ready', 'locked', 'frozen', 'removed')),
  local boolean NOT NULL DEFAULT false,
  machine_id text,
  connection_counter bigint NOT NULL DEFAULT 0,
  enrolled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  approved_at timestamptz,
  removed_at timestamptz,
  -- wanted, accepted by the host, made true by the host
  generation integer NOT NULL DEFAULT 0,
  accepted integer NOT NULL DEFAULT 0,
  converged integer NOT NULL DEFAULT 0,
  -- newest receipt that is stored, and the hash that the next one must name
  receipt_seq integer NOT NULL DEFAULT 0,
  receipt_hash text NOT NULL DEFAULT repeat('0', 64),
  -- last HostStatus and HostState
  status jsonb,
  kernel_state jsonb,
  last_report_at timestamptz
);
CREATE UNIQUE INDEX host_name ON host (name) WHERE state <> 'removed';

CREATE TABLE network (
  id uuid PRIMARY KEY,
  key text NOT NULL UNIQUE,
  name text NOT NULL,
  parent text,
  nat boolean NOT NULL,
  -- the one host of a bridge of our own; null: every host that has the parent
  host_id uuid REFERENCES host,
  wanted text NOT NULL DEFAULT 'present' CHECK (wanted IN ('present', 'absent')),
  cause uuid NOT NULL,
  generation integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- when the host confirmed that nothing of it is left
  removed_at timestamptz,
  CHECK (host_id IS NOT NULL OR parent IS NOT NULL)
);
CREATE UNIQUE INDEX network_name ON network (name) WHERE removed_at IS NULL;

CREATE TABLE network_subnet (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  network_id uuid NOT NULL REFERENCES network,
  position integer NOT NULL,
  prefix inet NOT NULL CHECK (prefix = network(prefix)),
  gateway inet CHECK (gateway << prefix),
  live boolean NOT NULL DEFAULT true,
  -- an address alone names it in URLs and on the command line
  CONSTRAINT subnets_never_overlap EXCLUDE USING gist (prefix inet_ops WITH &&) WHERE (live)
);
CREATE INDEX network_subnet_network ON network_subnet (network_id);

CREATE TABLE pool (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  network_id uuid NOT NULL REFERENCES network,
  first inet NOT NULL,
  last inet NOT NULL,
  cooling_seconds integer NOT NULL DEFAULT 3600 CHECK (cooling_seconds >= 0),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at timestamptz,
  CHECK (first <= last AND family(first) = family(last)),
  CONSTRAINT pools_never_overlap
    EXCLUDE USING gist (inet_range(first, last, '[]') WITH &&) WHERE (removed_at IS NULL)
);
CREATE UNIQUE INDEX pool_name ON pool (name) WHERE removed_at IS NULL;
CREATE INDEX pool_network ON pool (network_id);

CREATE TABLE pool_reservation (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  pool_id uuid NOT NULL REFERENCES pool,
  first inet NOT NULL,
  last inet NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  until timestamptz,
  by_name text NOT NULL,
  event uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at timestamptz,
  CHECK (first <= last AND family(first) = family(last))
);
CREATE INDEX pool_reservation_pool ON pool_reservation (pool_id) WHERE removed_at IS NULL;

CREATE TABLE jail (
  id uuid PRIMARY KEY,
  key text NOT NULL UNIQUE,
  name text NOT NULL,
  host_id uuid NOT NULL REFERENCES host,
  settings jsonb NOT NULL,
  wanted text NOT NULL CHECK (wanted IN ('running', 'stopped', 'destroyed')),
  purge boolean NOT NULL DEFAULT false CHECK (NOT purge OR wanted = 'destroyed'),
  start_number integer NOT NULL DEFAULT 0,
  cause uuid NOT NULL,
  -- the host's generation that carries the last change of this jail
  generation integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  destroyed_at timestamptz CHECK ((destroyed_at IS NULL) = (wanted <> 'destroyed')),
  -- purged, and confirmed by the host
  gone_at timestamptz,
  seen jsonb,
  seen_at timestamptz
);
CREATE UNIQUE INDEX jail_name ON jail (name) WHERE gone_at IS NULL;
CREATE INDEX jail_host ON jail (host_id) WHERE gone_at IS NULL;

CREATE TABLE jail_interface (
  id uuid PRIMARY KEY,
  key text NOT NULL UNIQUE,
  jail_id uuid NOT NULL REFERENCES jail,
  name text NOT NULL,
  network_id uuid NOT NULL REFERENCES network,
  mac text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (jail_id, name)
);
CREATE INDEX jail_interface_network ON jail_interface (network_id);

-- The history of addresses is this table. `held` runs from the moment an address is wanted (after a move:
-- from the predecessor's end) until its host has confirmed that it is gone; only that, or an
-- administrator's marked force, closes it. A move writes its successor on the open row.
CREATE TABLE ip_assignment (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL REFERENCES network,
  address inet NOT NULL CHECK (masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END),
  prefix_length integer NOT NULL,
  jail_id uuid NOT NULL REFERENCES jail,
  interface_id uuid NOT NULL REFERENCES jail_interface,
  host_id uuid NOT NULL REFERENCES host,
  -- names as they were
  network_name text NOT NULL,
  jail_name text NOT NULL,
  interface_name text NOT NULL,
  host_name text NOT NULL,
  wanted_from timestamptz NOT NULL,
  seen_from timestamptz,
  wanted_until timestamptz,
  seen_gone timestamptz,
  held tstzrange NOT NULL,
  assign_event uuid NOT NULL,
  assigned_by text NOT NULL,
  release_event uuid,
  released_by text,
  -- the host's generation that no longer wants it: an older report says nothing about its end
  release_generation integer,
  forced_by text,
  forced_reason text,
  successor_id uuid,
  successor_jail_id uuid REFERENCES jail,
  successor_jail_name text,
  successor_interface_id uuid REFERENCES jail_interface,
  successor_interface_name text,
  successor_host_id uuid REFERENCES host,
  successor_host_name text,
  successor_wanted_from timestamptz,
  successor_event uuid,
  successor_by text,
  CHECK (upper_inf(held) = (seen_gone IS NULL)),
  CHECK (seen_gone IS NULL OR wanted_until IS NOT NULL),
  CHECK ((wanted_until IS NULL) = (release_event IS NULL) AND (wanted_until IS NULL) = (released_by IS NULL)),
  CHECK (num_nonnulls(forced_by, forced_reason) IN (0, 2)),
  CHECK (num_nonnulls(successor_id, successor_jail_id, successor_jail_name, successor_interface_id,
    successor_interface_name, successor_host_id, successor_host_name, successor_wanted_from,
    successor_event, successor_by) IN (0, 10)),
  CHECK (successor_id IS NULL OR wanted_until IS NOT NULL),
  CONSTRAINT no_address_is_held_twice
    EXCLUDE USING gist (network_id WITH =, address inet_ops WITH &&, held WITH &&)
);
CREATE INDEX ip_assignment_open_host ON ip_assignment (host_id) WHERE seen_gone IS NULL;
CREATE INDEX ip_assignment_jail ON ip_assignment (jail_id);
CREATE INDEX ip_assignment_address ON ip_assignment (address, wanted_from DESC);

CREATE TABLE task (
  id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  event uuid NOT NULL UNIQUE,
  kind text NOT NULL,
  object_type text NOT NULL,
  object_id text NOT NULL,
  object_name text NOT NULL,
  host_id uuid REFERENCES host,
  host_name text,
  -- hosts whose reports may move it on
  hosts uuid[] NOT NULL DEFAULT '{}',
  by_name text NOT NULL,
  state text NOT NULL DEFAULT 'wanted'
    CHECK (state IN ('wanted', 'accepted', 'applied', 'failed', 'refused', 'superseded', 'canceled')),
  message text,
  refusal jsonb,
  -- what a host must report before it counts as applied
  wants jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz
);
CREATE INDEX task_open ON task USING gin (hosts) WHERE state IN ('wanted', 'accepted', 'failed');
CREATE INDEX task_object ON task (object_type, object_id);

CREATE TABLE receipt (
  host_id uuid NOT NULL REFERENCES host,
  seq integer NOT NULL CHECK (seq > 0),
  cause uuid,
  object text NOT NULL,
  generation integer NOT NULL,
  result text NOT NULL,
  at timestamptz NOT NULL,
  body jsonb NOT NULL,
  signature text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (host_id, seq)
);
CREATE INDEX receipt_cause ON receipt (cause);

-- An event's columns hold what must stay; what may have to be erased one day lies in audit_detail, one
-- salted row for each field. `leaf` is canonical JSON that holds the digests of those rows and no text of theirs.
CREATE TABLE audit_event (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL,
  phase text NOT NULL CHECK (phase IN ('intent', 'outcome', 'refusal')),
  intent uuid REFERENCES audit_event,
  actor_type text NOT NULL,
  actor_id text NOT NULL,
  object_type text NOT NULL,
  object_id text NOT NULL,
  host_id uuid,
  outcome text,
  session_id text,
  credential text,
  request_id text,
  leaf text NOT NULL CHECK (octet_length(leaf) <= 65535),
  CHECK ((phase = 'outcome') = (outcome IS NOT NULL)),
  CHECK ((phase = 'outcome') = (intent IS NOT NULL))
);
CREATE INDEX audit_event_at ON audit_event (at DESC, id DESC);
CREATE INDEX audit_event_intent ON audit_event (intent);
CREATE INDEX audit_event_object ON audit_event (object_type, object_id, at DESC);
CREATE INDEX audit_event_session ON audit_event (session_id, at DESC);

CREATE TABLE audit_detail (
  event_id uuid NOT NULL REFERENCES audit_event,
  field text NOT NULL,
  salt bytea NOT NULL CHECK (octet_length(salt) = 16),
  value jsonb NOT NULL,
  PRIMARY KEY (event_id, field)
);

-- The numbered log, in the order of a later Merkle tree: hash is RFC 6962's leaf hash.
CREATE TABLE audit_leaf (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  event_id uuid NOT NULL UNIQUE REFERENCES audit_event,
  leaf bytea NOT NULL CHECK (octet_length(leaf) <= 65535),
  hash bytea NOT NULL CHECK (hash = sha256('\x00'::bytea || leaf))
);

CREATE TABLE audit_pending (
  event_id uuid PRIMARY KEY REFERENCES audit_event
);

CREATE FUNCTION audit_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_pending (event_id) VALUES (NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER audit_event_is_queued AFTER INSERT ON audit_event
  FOR EACH ROW EXECUTE FUNCTION audit_queue();

CREATE FUNCTION audit_leaf_is_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> coalesce((SELECT max(seq) FROM audit_leaf), 0) + 1 THEN
    RAISE EXCEPTION 'audit number % is not the next one', NEW.seq USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_leaf_is_dense BEFORE INSERT ON audit_leaf
  FOR EACH ROW EXECUTE FUNCTION audit_leaf_is_next();

CREATE FUNCTION history_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: history is only added to', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

DO $$
DECLARE history text;
BEGIN
  FOREACH history IN ARRAY ARRAY['audit_event', 'audit_detail', 'audit_leaf', 'receipt'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION history_is_only_added_to()', history || '_is_history', history);
  END LOOP;
END $$;

-- The application's role: everything but the past. An external database may know one role only; the
-- triggers hold there all the same.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'cellblock_app') THEN
    GRANT USAGE ON SCHEMA public TO cellblock_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cellblock_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO cellblock_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO cellblock_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO cellblock_app;
    REVOKE UPDATE, DELETE, TRUNCATE ON audit_event, audit_detail, audit_leaf, receipt FROM cellblock_app;
    REVOKE DELETE, TRUNCATE ON ip_assignment FROM cellblock_app;
  END IF;
END $$;
