import type { Image } from './image.ts';
import type { ImageUser } from './images.ts';
import { EngineRefusal } from './refusal.ts';

/** Throws when the engine would not remove the image or its last tag; tag is null where it was named by its id. */
export function refuseRemoval(
  image: Image,
  reference: string,
  tag: string | null,
  force: boolean,
  user: ImageUser | undefined,
): void {
  const id = image.id.slice(7, 19);
  const container = user?.id.slice(0, 12) ?? '';
  if (tag === null && user?.alive === true) {
    throw new EngineRefusal(
      409,
      `conflict: unable to delete ${id} (cannot be forced) - image is being used by running container ${container}`,
    );
  }
  if (force) return;
  if (tag === null && image.tags.size > 1) {
    throw new EngineRefusal(
      409,
      `conflict: unable to delete ${id} (must be forced) - image is referenced in multiple repositories`,
    );
  }
  if (user === undefined) return;
  const words = `conflict: unable to remove repository reference "${reference}" (must force)`;
  throw new EngineRefusal(409, `${words} - container ${container} is using its referenced image ${id}`);
}
