import type { JailSpec } from '@cellblock/shared/host-spec';

export interface Twin {
  spec: JailSpec;
  /** in what it is not as the jail */
  differs: string[];
}

/**
 * The jail as its twin is built: the same profile, root, view, devices and limits, and nothing that the jail
 * writes can be written by it.
 */
export function twinOf(spec: JailSpec): Twin {
  const { settings } = spec;
  const differs = [
    'it has host ids of its own, and its own files are fresh ones',
    'its first process is the small init, whatever the jail runs',
    'its addresses are on a link that leads nowhere',
  ];
  const ownsDirectory = settings.root.kind === 'dir' && !settings.readOnly;
  if (ownsDirectory) differs.push('its root is read only: in the jail it is writable');
  const view = settings.view.map((mount) => {
    if (mount.kind !== 'bind' || mount.readOnly) return mount;
    differs.push(`${mount.target} is read only: in the jail it is writable`);
    // Whose the files are is shown as the jail sees it: a read-only bind would show them otherwise.
    return { ...mount, readOnly: true, idmapped: mount.idmapped ?? true, propagation: 'private' as const };
  });
  return {
    spec: {
      ...spec,
      settings: {
        ...settings,
        command: null,
        view,
        readOnly: settings.readOnly || settings.root.kind === 'dir',
      },
    },
    differs,
  };
}
