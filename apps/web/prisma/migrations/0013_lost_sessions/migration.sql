-- As the one that it takes the place of, of all that a jail's host is asked for while somebody waits.
DROP INDEX audit_event_awaited;
CREATE INDEX audit_event_awaited ON audit_event (at)
  WHERE phase = 'intent' AND kind IN ('jail.logs', 'jail.exec', 'jail.console', 'jail.files', 'jail.signal',
                                      'jail.prove', 'jail.xray', 'grant.see', 'grant.revoke');
