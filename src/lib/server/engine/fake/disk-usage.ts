import type { DiskUsage } from '../engine.ts';
import type { World } from './world.ts';

/** Each layer once; shared is what another image has too. */
export function diskUsage({ images, containers }: World): DiskUsage {
  const all = images.all();
  const sizes = new Map(all.flatMap(({ layers }) => layers.map(({ digest, size }) => [digest, size])));
  return {
    layersSize: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    images: all.map((image) => {
      const others = new Set(
        all.filter((each) => each !== image).flatMap(({ layers }) => layers.map(({ digest }) => digest)),
      );
      const shared = image.layers.filter(({ digest }) => others.has(digest));
      return {
        id: image.id,
        sharedSize: shared.reduce((sum, { size }) => sum + size, 0),
        containers: containers.madeFrom(image).length,
      };
    }),
  };
}

export function storedBytes(world: World): number {
  const written = world.containers.all().reduce((sum, { use }) => sum + use.writableBytes, 0);
  return diskUsage(world).layersSize + written;
}
