import { parseImageReference } from '#lib/domain/image-reference.ts';
import type { RegistryLogin, TransferProgress } from '../engine.ts';
import { tagOf } from './image.ts';
import type { World } from './world.ts';

interface Pull {
  readonly signal: AbortSignal;
  /** By registry address. */
  readonly logins: Readonly<Record<string, RegistryLogin>>;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** Nothing of it is here before all of it is. */
export async function pull(
  world: World,
  reference: string,
  { signal, logins, onProgress }: Pull,
): Promise<void> {
  const login = logins[parseImageReference(reference).registry];
  const report = onProgress ?? (() => undefined);
  const found = await world.registry.pull(reference, world.images.all(), { signal, login, report });
  const image = world.images.take(found.content, [found.digest]);
  world.images.tag(image, tagOf(reference));
  world.events.emit('image', 'pull', reference, { ...image.labels, name: reference });
}
