-- Of what a dashboard that died was asked about jails the end is looked for every minute, in a history of years.
CREATE INDEX audit_event_awaited ON audit_event (at)
  WHERE phase = 'intent' AND kind IN ('jail.logs', 'grant.see', 'grant.revoke');
