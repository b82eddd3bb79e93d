/** What is mounted, and how the root file system is kept. */
import { readVolumesFrom } from '../isolation.ts';
import { readMount } from '../mounts.ts';
import { put, readFullPair, readWord } from '../read.ts';
import { readTmpfs, readVolumeFlag } from '../volumes.ts';
import { each, host, list, pairs, toggle, type Flag } from './flag.ts';

export const STORAGE_FLAGS: Readonly<Record<string, Flag>> = {
  mount: list(readMount, (draft) => (draft.host.Mounts ??= [])),
  'read-only': toggle((draft, value) => (draft.host.ReadonlyRootfs = value)),
  'storage-opt': pairs(readFullPair, (draft) => (draft.host.StorageOpt ??= {})),
  tmpfs: each(readTmpfs, (draft, [path, options]) => put((draft.host.Tmpfs ??= {}), path, options)),
  volume: each(
    readVolumeFlag,
    (draft, value) => {
      if ('anonymous' in value) put((draft.config.Volumes ??= {}), value.anonymous, {});
      else if (!draft.host.Binds?.includes(value.bind)) (draft.host.Binds ??= []).push(value.bind);
    },
    'v',
  ),
  'volume-driver': host('VolumeDriver', readWord),
  'volumes-from': list(readVolumesFrom, (draft) => (draft.host.VolumesFrom ??= [])),
};
