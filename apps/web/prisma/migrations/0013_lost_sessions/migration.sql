-- As the one that it takes the place of, of all that a jail's host is asked for while somebody waits. The old one goes
-- last: until then others read the history while this one is made.
CREATE INDEX audit_event_asked ON audit_event (at)
  WHERE phase = 'intent' AND kind IN ('jail.logs', 'jail.exec', 'jail.console', 'jail.files', 'jail.signal',
                                      'jail.prove', 'jail.xray', 'grant.see', 'grant.revoke');
DROP INDEX audit_event_awaited;
ALTER INDEX audit_event_asked RENAME TO audit_event_awaited;
