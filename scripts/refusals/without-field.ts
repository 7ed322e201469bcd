/**
 * Refusals that name no field, by why they have none: file, and words of each that no other of that file has. Whoever
 * asked for something and can ask for something else is told which part of it is meant; these are the others.
 */
export const WITHOUT_FIELD: { why: string; said: Record<string, string[]> }[] = [
  {
    why: 'the machine on which it was typed lacks something, whatever was typed',
    said: {
      'apps/agent/src/supervisor/enrol-local-host.ts': ['This host is not enrolled yet.'],
      'apps/agent/src/supervisor/migrations.ts': [
        ', which this build does not know.',
        'was applied with other contents than this build has.',
        'failed and was rolled back.',
      ],
      'apps/agent/src/supervisor/postgres-cluster.ts': [
        'The database could not be made.',
        'PostgreSQL ended while starting.',
        'PostgreSQL cannot be executed.',
        'PostgreSQL (process',
      ],
      'apps/agent/src/supervisor/single-instance.ts': ['/proc is not mounted.'],
      'apps/agent/src/supervisor/supervise.ts': ['does not come up.', 'The disk is full.'],
      'apps/agent/src/supervisor/system-users.ts': ['could not be made.'],
      'apps/agent/src/up/agent-install.ts': ['its connection to the dashboard does not come up.'],
      'apps/agent/src/up/agent-purge.ts': ['runs (process'],
      'apps/agent/src/up/build-clone.ts': ['Nothing is installed in', 'The build failed;'],
      'apps/agent/src/up/down.ts': ['The supervisor (process'],
      'apps/agent/src/up/launch.ts': [
        'The supervisor ended as soon as everything was up.',
        'The supervisor ended while starting.',
      ],
      'apps/agent/src/up/machine-check.ts': [': this machine does not have it.'],
      'apps/agent/src/up/systemd-unit.ts': ['systemctl $'],
      'apps/agent/src/warden/id-ranges.ts': ['ranges of host ids are taken.', 'still has the ids from'],
      'apps/agent/src/warden/purge.ts': [
        'because something of it does not end',
        'something is in the control group',
      ],
      'apps/agent/src/warden/stage/stage.ts': [
        'The program of probes is not on this host.',
        'No further throw-away jail can be made now.',
      ],
      'apps/cli/src/run.ts': ['No agent runs on this host with the data directory'],
      'apps/cli/src/commands/dashboard.ts': ['These secrets are not for a screen.'],
      'packages/shared/src/system-refusal.ts': ['systemWords(error)'],
    },
  },
  {
    why: 'a file of root stands against it, which it names in cause and fix',
    said: {
      'apps/agent/src/warden/bounds-file.ts': [
        'cannot be used.',
        'can be written by others than root.',
        'cannot be read.',
        'is empty.',
        'is not YAML.',
      ],
      'apps/agent/src/warden/bounds-in-force.ts': ["This host's bounds do not allow"],
    },
  },
  {
    why: 'the other end, or the way to it, is at fault',
    said: {
      'apps/cli/src/agent/agent-gone.ts': ['The agent on this host does not answer.'],
      'apps/agent/src/supervisor/ask-dashboard.ts': [
        'is no dashboard that this agent knows.',
        'Nobody listens at',
        'is no name that this host can resolve.',
        'does not answer.',
        "shows a certificate that is not the dashboard's.",
        'was not reached.',
      ],
      'apps/agent/src/supervisor/dashboard-authority.ts': ['is not the dashboard that made this line.'],
      'apps/agent/src/supervisor/dashboard-root.ts': [
        'The dashboard gave no link to set it up.',
        'The dashboard did not do',
      ],
      'apps/agent/src/warden/handshake.ts': [
        'This host belongs to no dashboard.',
        'Nothing tells this host whether it is its dashboard that answers at',
        "is not the dashboard that made this host's line.",
        'is not the dashboard that this host was enrolled at.',
        'The dashboard did not prove that its key is its own.',
      ],
      'apps/cli/src/commands/answers.ts': ['How the answers ended is not known:'],
      'apps/web/src/server/api/refusal-of.ts': [
        'The database does not answer.',
        'The host hung up before it had answered.',
      ],
      'apps/web/src/server/hosts/relay-subscription.ts': [
        'its reader is slower than it comes.',
        'does not hear what was read of it.',
      ],
      'apps/web/src/server/http/install-endpoint.ts': ['hosts fetch the agent at this moment.'],
    },
  },
  {
    why: 'it is about who asks, or by which way, and not about what is asked',
    said: {
      'apps/agent/src/supervisor/enrol-local-host.ts': ['This host is locked: its key was used twice.'],
      'apps/agent/src/up/place.ts': ['needs root.'],
      'apps/agent/src/warden/api/router.ts': [
        'Only the dashboard says what this host should be.',
        'Only root at the host may ask for this.',
      ],
      'apps/cli/src/run.ts': ['which listens to root alone.'],
      'apps/web/src/server/api/trpc.ts': ['Nobody is signed in.', 'Needs role'],
      'apps/web/src/server/auth/record-sign-in.ts': ['The session that was begun is not there.'],
      'apps/web/src/server/auth/sign-in-limit.ts': ['Too many tries.'],
      'apps/web/src/server/host-sync/admit-agent.ts': ['is locked: its key was used twice.'],
      'apps/web/src/server/http/auth-endpoint.ts': ['There is no', 'Sign-in failed.'],
      'apps/web/src/server/http/handle-request.ts': ['on this socket.'],
      'apps/web/src/server/http/install-endpoint.ts': [
        'This is no offer of an enrolment token.',
        'There is no',
      ],
      'apps/web/src/server/http/metrics-endpoint.ts': ['Metrics are for holders of a token.'],
      'apps/web/src/server/http/pages.ts': ['This dashboard serves its API only.'],
      'apps/web/src/server/http/read-body.ts': ['The request is longer than'],
      'apps/web/src/server/http/request-origin.ts': [
        'This dashboard is not called',
        'The request comes from another site.',
      ],
    },
  },
  {
    why: 'it tells how something ended that was taken on, and no form is open any more',
    said: {
      'apps/agent/src/warden/xray/xray-jail.ts': ['The walk through the twin did not come to its end.'],
      'apps/cli/src/confirm.ts': ['Nothing was changed.'],
      'apps/cli/src/settle.ts': ['has not confirmed it after', 'failed === undefined ? why'],
      'apps/cli/src/commands/grant.ts': ['still sees the processes of'],
      'apps/cli/src/commands/image.ts': [
        'is not what its digest says: it is',
        '{ message, cause, fix }',
        'Nobody heard what came of it.',
      ],
      'apps/web/src/server/tasks/verdict.ts': ['evidence: { ...refused }', 'causeOf(problem)'],
    },
  },
  {
    why: 'nobody foresaw it, so that nobody knows what to ask for instead',
    said: {
      'apps/agent/src/supervisor/supervise.ts': ['The supervisor was not made for this'],
      'apps/agent/src/warden/api/refusal-of.ts': ['The agent failed;'],
      'apps/web/src/server/api/refusal-of.ts': [
        'Something failed on the dashboard.',
        'The input is not valid.',
      ],
    },
  },
  {
    why: 'whoever calls it knows what the field is called, and puts it there',
    said: {
      'apps/agent/src/up/agent-install.ts': ['stands.message'],
      'apps/agent/src/warden/handshake.ts': ['HandshakeRefused(reason, message'],
      'apps/web/src/server/hosts/offer-token.ts': ["{ code: 'denied', message, cause, fix }"],
      'apps/web/src/server/hosts/refused-enrolment.ts': ['message, cause, fix, evidence'],
      'apps/web/src/server/networks/subnet-in-the-way.ts': [
        'address.link}, which overlaps',
        'route.link}, which overlaps',
        'The bounds of host',
      ],
      'packages/shared/src/assignment-conflict.ts': [
        ', and network',
        'stands for the subnet itself.',
        'lies in no pool of network',
      ],
    },
  },
];
