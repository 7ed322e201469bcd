-- What jails used: one row for each jail and quarter of a minute while it runs. Rows with `keep` stay for a day, the
-- others for an hour; sums are stored as sums, so that leaving rows out changes no rate between those that stay.
CREATE TABLE jail_sample (
  jail_id uuid NOT NULL,
  at timestamptz NOT NULL,
  keep boolean NOT NULL,
  memory_bytes double precision,
  memory_peak_bytes double precision,
  pids double precision,
  cpu_seconds double precision,
  throttled_seconds double precision,
  io_read_bytes double precision,
  io_write_bytes double precision,
  io_read_operations double precision,
  io_write_operations double precision,
  cpu_pressure_seconds double precision,
  memory_pressure_seconds double precision,
  io_pressure_seconds double precision,
  oom_kills double precision,
  PRIMARY KEY (jail_id, at)
);
-- What is to go is found without looking at what stays.
CREATE INDEX jail_sample_soon ON jail_sample (at) WHERE NOT keep;
CREATE INDEX jail_sample_at ON jail_sample (at) WHERE keep;
