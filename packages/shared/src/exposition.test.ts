import { expect, it } from 'vitest';
import { exposition } from './exposition.ts';

it('writes what Prometheus reads, and leaves out what nobody knows', () => {
  const text = exposition([
    { name: 'a_total', help: 'All of it.', type: 'counter', samples: [{ value: 3 }] },
    {
      name: 'b',
      help: 'Some.',
      type: 'gauge',
      samples: [
        { labels: { jail: 'x"y\\z\n' }, value: 0.5 },
        { labels: { jail: 'none' }, value: null },
      ],
    },
    { name: 'c', help: 'Nothing.', type: 'gauge', samples: [{ value: undefined }] },
  ]);
  expect(text).toBe(
    '# HELP a_total All of it.\n# TYPE a_total counter\na_total 3\n' +
      '# HELP b Some.\n# TYPE b gauge\nb{jail="x\\"y\\\\z\\n"} 0.5\n',
  );
});
