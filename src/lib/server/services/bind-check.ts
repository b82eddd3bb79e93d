import type { AgentSpec } from '#lib/domain/agent-spec.ts';
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
  const unsure = spec.volumes.filter(
    (volume) =>
      !volume.create &&
      volume.source.startsWith('/') &&
      volume.modes.some((mode) => mode.toLowerCase() === 'z'),
  );
  if (unsure.length === 0) return;
  const probe = await engine.createContainer(
    `slipway-probe-${newId()}`,
    {
      Image: spec.image,
      Cmd: ['true'],
      Labels: { [LABEL.instance]: instance },
      HostConfig: {
        NetworkMode: 'none',
        Mounts: unsure.map(({ source, target }) => ({
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
