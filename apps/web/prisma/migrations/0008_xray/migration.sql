-- One walk through a throw-away twin of a jail: what code in that jail could reach at that moment.
CREATE TABLE xray_run (
  -- the event that asked for it
  id uuid PRIMARY KEY,
  jail_id uuid NOT NULL REFERENCES jail (id) ON DELETE CASCADE,
  -- 1 for the first of a jail; people name it by this
  number integer NOT NULL CHECK (number > 0),
  at timestamptz NOT NULL,
  by_name text NOT NULL,
  kernel text NOT NULL,
  differs jsonb NOT NULL,
  findings jsonb NOT NULL,
  UNIQUE (jail_id, number)
);
