/** The images that a build begins with are held against the allow list and against what may be pulled to the host, before the engine begins. */
import { baseImages } from '#lib/domain/builds/base-images.ts';
import type { BuildWish } from '#lib/domain/builds/build-input.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Host } from '../hosts/host.ts';
import type { ImagePolicyService } from './image-policy.ts';

type Rules = Pick<ImagePolicyService, 'refusePull' | 'refuseLocal' | 'get'>;

/** Throws IMAGE_NOT_ALLOWED, or IMAGE_NOT_FOUND where nothing may be pulled. */
export async function refuseBases(
  rules: Rules,
  host: Host,
  dockerfile: string,
  { args, pull }: BuildWish['settings'],
  signal: AbortSignal,
): Promise<void> {
  for (const image of baseImages(dockerfile, args)) {
    // what is no name is refused by the engine, in its words
    const here = await host
      .engine()
      .inspectImage(image, signal)
      .catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'VALIDATION') return null;
        throw error;
      });
    if (here !== null && (!pull || host.noPull)) rules.refuseLocal(host.id, image, here.id);
    else if (host.noPull)
      throw new AppError('IMAGE_NOT_FOUND', `The build begins with ${image}, which is not on ${host.name}`, {
        hint: 'Nothing is ever pulled to this host: load the image there first.',
      });
    else rules.refusePull(image);
  }
}

/** The engine fetches a repository by itself, and what its Dockerfile begins with is not known before. Throws IMAGE_NOT_ALLOWED. */
export function refuseUnseenBases(rules: Rules, host: Host): void {
  const { allow } = rules.get({ kind: 'system', name: 'builds', role: 'admin' });
  if (allow === null && !host.noPull) return;
  throw new AppError(
    'IMAGE_NOT_ALLOWED',
    'What a git repository is built from cannot be held against the allow list before the engine fetches it',
    { hint: 'Send the files of the repository as a tar.' },
  );
}
