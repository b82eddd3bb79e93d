import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import { AppError } from '#lib/domain/errors.ts';
import { newId } from '#lib/domain/ids.ts';
import { LABEL } from '#lib/domain/labels.ts';
import type { Engine } from '../engine/engine.ts';

/**
 * Of a mount with an SELinux label the engine knows the Bind form alone, which makes a path that is not there. So such paths are asked for
 * first: by a container in the Mount form that is never started. Throws VALIDATION for one that is not there.
 */
export async function refuseAbsentPaths(
  engine: Engine,
  spec: AgentSpec,
  instance: string,
  signal: AbortSignal,
): Promise<void> {
  const unsure = pathsOf(spec).filter((volume) => volume.modes.some((mode) => mode.toLowerCase() === 'z'));
  if (unsure.length > 0) await tryMounts(engine, spec.image, unsure, instance, signal);
}

/**
 * Which host paths of a spec are not there, asked for the same way. The image has to be on the host. Throws what the engine refuses for another
 * reason.
 */
export async function absentPaths(
  engine: Engine,
  spec: AgentSpec,
  instance: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const absent: string[] = [];
  for (let left = pathsOf(spec); left.length > 0;) {
    try {
      await tryMounts(engine, spec.image, left, instance, signal);
      break;
    } catch (error) {
      const named = error instanceof AppError ? (error.details?.fields ?? []).map(({ value }) => value) : [];
      // the engine names the first one only
      const found = left.find(({ source }) => named.includes(source));
      if (found === undefined) throw error;
      absent.push(found.source);
      left = left.filter(({ source }) => source !== found.source);
    }
  }
  return absent;
}

/** Those that have to be there already. */
function pathsOf(spec: AgentSpec): readonly AgentSpec['volumes'][number][] {
  return spec.volumes.filter((volume) => !volume.create && volume.source.startsWith('/'));
}

async function tryMounts(
  engine: Engine,
  image: string,
  volumes: readonly Pick<AgentSpec['volumes'][number], 'source' | 'target'>[],
  instance: string,
  signal: AbortSignal,
): Promise<void> {
  const probe = await engine.createContainer(
    `slipway-probe-${newId()}`,
    {
      Image: image,
      Cmd: ['true'],
      Labels: { [LABEL.instance]: instance },
      HostConfig: {
        NetworkMode: 'none',
        Mounts: volumes.map(({ source, target }) => ({
          Type: 'bind',
          Source: source,
          Target: target,
          ReadOnly: true,
        })),
      },
    },
    { signal },
  );
  await engine.removeContainer(probe.id, { force: true });
}
