import type { Run } from '../run.ts';

const DIGEST = /^image:sha256:[0-9a-f]{64}$/;

interface Asked {
  root?: string;
  host?: string;
  network?: string;
  ip?: string[];
}

/**
 * A root as it is asked for: the name of an image becomes, at this moment, the digest that the host's store has
 * for it. A name can come to mean another image; a jail's settings never hold one.
 */
export async function withDigest<T extends Asked>(run: Run, options: T): Promise<T> {
  const { root, host, network, ip } = options;
  if (root === undefined || !root.startsWith('image:') || DIGEST.test(root)) return options;
  const image = await run.dashboard.images.get.query({
    ...(host === undefined ? {} : { host }),
    // They say on which host the jail will be, where nothing else does.
    ...(network === undefined || network === 'none' ? {} : { network }),
    ...(ip === undefined ? {} : { addresses: ip }),
    image: root.slice('image:'.length),
  });
  run.say(`${image.name} is ${image.digest} now`);
  return { ...options, root: `image:${image.digest}` };
}
