import { z } from 'zod';
import type { ContainerFacts, MountFacts } from '../engine/engine.ts';

const SHAPE = z.object({
  Mounts: z
    .array(
      z.object({
        Type: z.string(),
        Name: z.string().optional(),
        Source: z.string().optional(),
        Destination: z.string(),
      }),
    )
    .nullish(),
  HostConfig: z.object({ Tmpfs: z.record(z.string(), z.string()).nullish() }).nullish(),
});

/** Everything that is mounted in a container. Of a tmpfs that was asked for by `--tmpfs` an engine's lists of mounts say nothing. */
export function mountsOf({ raw }: Pick<ContainerFacts, 'raw'>): readonly MountFacts[] {
  const { Mounts, HostConfig } = SHAPE.safeParse(raw).data ?? {};
  const listed = (Mounts ?? []).map(({ Type, Name, Source, Destination }) => ({
    type: Type,
    source: Name ?? Source ?? '',
    target: Destination,
  }));
  const inMemory = Object.keys(HostConfig?.Tmpfs ?? {}).map((target) => ({
    type: 'tmpfs',
    source: '',
    target,
  }));
  return [...listed, ...inMemory];
}
