/** What is mounted in a container, of which a snapshot holds nothing; and what of it can be copied along. */
import { SECRET_FOLDER } from '#lib/domain/secret-delivery.ts';
import type { SnapshotEstimate } from '#lib/protocol/views.ts';
import type { ContainerFacts } from '../engine/engine.ts';
import { mountsOf } from './container-mounts.ts';

/** Names that the engine makes for volumes that nobody named. */
const ANONYMOUS = /^[0-9a-f]{64}$/;

/**
 * A copy is made of named volumes that the container may write: it has to be put into another one. Where secrets are is left out: that goes with
 * its container.
 */
export function snapshotMounts(facts: Pick<ContainerFacts, 'raw'>): SnapshotEstimate['left'] {
  const readOnly = readOnlyTargets(facts.raw);
  return mountsOf(facts)
    .filter(({ target }) => target !== SECRET_FOLDER)
    .map(({ type, source, target }) => ({
      kind: type,
      source,
      target,
      copyable: type === 'volume' && !ANONYMOUS.test(source) && !readOnly.has(target),
    }));
}

function readOnlyTargets(raw: ContainerFacts['raw']): ReadonlySet<unknown> {
  const mounts: readonly unknown[] = Array.isArray(raw['Mounts']) ? raw['Mounts'] : [];
  const closed = mounts.filter(
    (mount): mount is object =>
      typeof mount === 'object' && mount !== null && Reflect.get(mount, 'RW') === false,
  );
  return new Set(closed.map((mount): unknown => Reflect.get(mount, 'Destination')));
}
