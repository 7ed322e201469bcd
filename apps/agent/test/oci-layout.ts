import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** An image as registries have it, out of layers that are tar files; tagged `image`. */
export async function writeOciLayout(
  directory: string,
  o: { layers: string[]; config?: Record<string, unknown> },
): Promise<void> {
  const blobs = join(directory, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const blob = async (mediaType: string, data: Buffer) => {
    const hex = createHash('sha256').update(data).digest('hex');
    await writeFile(join(blobs, hex), data);
    return { mediaType, digest: `sha256:${hex}`, size: data.length };
  };
  const json = (mediaType: string, value: unknown) => blob(mediaType, Buffer.from(JSON.stringify(value)));
  const layers = [];
  for (const path of o.layers)
    layers.push(await blob('application/vnd.oci.image.layer.v1.tar', await readFile(path)));
  const config = await json('application/vnd.oci.image.config.v1+json', {
    architecture: 'amd64',
    os: 'linux',
    config: o.config ?? {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    history: layers.map(() => ({ created_by: 'a test' })),
  });
  const manifest = await json(MANIFEST, { schemaVersion: 2, mediaType: MANIFEST, config, layers });
  await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(
    join(directory, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [{ ...manifest, annotations: { 'org.opencontainers.image.ref.name': 'image' } }],
    }),
  );
}
