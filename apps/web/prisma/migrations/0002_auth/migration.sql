CREATE TABLE app_user (
  id text PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  username text NOT NULL UNIQUE,
  display_username text,
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'auditor', 'admin')),
  two_factor_enabled boolean NOT NULL DEFAULT false,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE app_session (
  id text PRIMARY KEY,
  token text NOT NULL UNIQUE,
  user_id text NOT NULL REFERENCES app_user (id) ON DELETE CASCADE ON UPDATE CASCADE,
  credential text NOT NULL DEFAULT 'password',
  ip_address text,
  user_agent text,
  expires_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX app_session_user_id_idx ON app_session (user_id);

-- Every use moves the end of a session; none moves it past twelve hours after its beginning.
CREATE FUNCTION session_ends_after_twelve_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN NEW.created_at := OLD.created_at; END IF;
  NEW.expires_at := least(NEW.expires_at, NEW.created_at + interval '12 hours');
  RETURN NEW;
END $$;
CREATE TRIGGER session_ends_after_twelve_hours BEFORE INSERT OR UPDATE ON app_session
  FOR EACH ROW EXECUTE FUNCTION session_ends_after_twelve_hours();

CREATE TABLE auth_account (
  id text PRIMARY KEY,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  user_id text NOT NULL REFERENCES app_user (id) ON DELETE CASCADE ON UPDATE CASCADE,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  password text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX auth_account_user_id_idx ON auth_account (user_id);

CREATE TABLE auth_verification (
  id text PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX auth_verification_identifier_idx ON auth_verification (identifier);

CREATE TABLE auth_two_factor (
  id text PRIMARY KEY,
  secret text NOT NULL,
  backup_codes text NOT NULL,
  user_id text NOT NULL REFERENCES app_user (id) ON DELETE CASCADE ON UPDATE CASCADE,
  verified boolean NOT NULL DEFAULT true,
  failed_verification_count integer NOT NULL DEFAULT 0,
  locked_until timestamptz(3)
);
CREATE INDEX auth_two_factor_user_id_idx ON auth_two_factor (user_id);
CREATE INDEX auth_two_factor_secret_idx ON auth_two_factor (secret);

CREATE TABLE auth_passkey (
  id text PRIMARY KEY,
  name text,
  public_key text NOT NULL,
  user_id text NOT NULL REFERENCES app_user (id) ON DELETE CASCADE ON UPDATE CASCADE,
  credential_id text NOT NULL,
  counter integer NOT NULL,
  device_type text NOT NULL,
  backed_up boolean NOT NULL,
  transports text,
  aaguid text,
  created_at timestamptz(3)
);
CREATE INDEX auth_passkey_user_id_idx ON auth_passkey (user_id);
CREATE INDEX auth_passkey_credential_id_idx ON auth_passkey (credential_id);

CREATE TABLE setup_token (
  hash text PRIMARY KEY,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  used_at timestamptz(3),
  used_by text,
  CHECK ((used_at IS NULL) = (used_by IS NULL))
);

CREATE TABLE invite (
  id uuid PRIMARY KEY,
  hash text NOT NULL UNIQUE,
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'auditor', 'admin')),
  invited_by text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  accepted_at timestamptz(3)
);

CREATE TABLE api_token (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE,
  hash text NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'auditor', 'admin')),
  owner_id text REFERENCES app_user (id) ON DELETE CASCADE ON UPDATE CASCADE,
  owner_name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  last_used_at timestamptz(3)
);

CREATE TABLE host_enrollment (
  id uuid PRIMARY KEY,
  hash text NOT NULL UNIQUE,
  name text,
  local boolean NOT NULL DEFAULT false,
  created_by text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  used_at timestamptz(3),
  used_by text,
  -- the audit event of its making: what the host's arrival is the outcome of
  event uuid NOT NULL,
  CHECK ((used_at IS NULL) = (used_by IS NULL))
);

-- One row: this installation. `id` is the dashboard in specs and handshakes; `epoch` changes when the
-- database was restored, so that hosts notice generations that went back.
CREATE TABLE installation (
  "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  epoch uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  claimed_at timestamptz(3),
  claimed_by text,
  CHECK ((claimed_at IS NULL) = (claimed_by IS NULL))
);
INSERT INTO installation (name) VALUES ('cellblock');
