-- A permission that was revoked while its host was silent: it is ended there as soon as the host can be told.
ALTER TABLE sight_grant
  -- the event that revoked it
  ADD COLUMN revoke_event uuid,
  ADD COLUMN revoke_by text,
  ADD COLUMN revoke_asked_at timestamptz,
  ADD CHECK ((revoke_event IS NULL) = (revoke_by IS NULL)),
  ADD CHECK ((revoke_event IS NULL) = (revoke_asked_at IS NULL));
