import type { CreateBody } from '#lib/domain/docker-run/create-body.ts';
import { LABEL } from '#lib/domain/labels.ts';
import type { Engine } from '../engine/engine.ts';

/**
 * Makes the named volumes of a container that are not there yet, labelled as ours, so that they can be told from other people's later. Gives
 * the names of those that this call made: a spawn that fails takes them away again.
 */
export async function ensureVolumes(
  engine: Engine,
  body: CreateBody,
  instance: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const made: string[] = [];
  try {
    for (const name of namedVolumes(body)) {
      if ((await engine.inspectVolume(name)) !== null) continue;
      await engine.createVolume(name, { [LABEL.instance]: instance }, signal);
      made.push(name);
    }
  } catch (error) {
    await removeVolumes(engine, made);
    throw error;
  }
  return made;
}

/** Fails in silence: it cleans up after something that failed. */
export async function removeVolumes(engine: Engine, names: readonly string[]): Promise<void> {
  for (const name of names) await engine.removeVolume(name).catch(() => undefined);
}

/** What a body mounts by name. Volumes of other drivers are left to the engine, which knows their options. */
export function namedVolumes({ HostConfig: host }: CreateBody): readonly string[] {
  if (host.VolumeDriver !== undefined && host.VolumeDriver !== '' && host.VolumeDriver !== 'local') return [];
  const binds = (host.Binds ?? [])
    .map((bind) => bind.split(':')[0] ?? '')
    .filter((source) => !source.startsWith('/'));
  const mounts = (host.Mounts ?? [])
    .filter((mount) => mount.Type === 'volume' && mount.VolumeOptions?.DriverConfig === undefined)
    .map((mount) => mount.Source ?? '');
  return [...new Set([...binds, ...mounts])].filter((name) => name !== '');
}
