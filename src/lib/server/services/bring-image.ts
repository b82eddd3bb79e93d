import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import type { TypeSource } from '#lib/domain/agent-types.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { Host } from '../hosts/host.ts';
import type { ImagePolicyService } from './image-policy.ts';
import type { Operation } from './operations.ts';
import type { PullService } from './pulls.ts';

export interface ImageWish {
  readonly spec: Pick<AgentSpec, 'image' | 'pull'>;
  readonly platform: string | null;
  /** Who or what asked for it. */
  readonly by: string;
}

/**
 * Sees to it that the image of a spec is on the host, by its pull policy, and gives its id. Throws IMAGE_NOT_FOUND when it may not be pulled,
 * IMAGE_NOT_ALLOWED when the allow list says so, PULL_FAILED with the registry's answer.
 */
export async function bringImage(
  {
    pulls,
    imagePolicy,
    types,
  }: { readonly pulls: PullService; readonly imagePolicy: ImagePolicyService; readonly types: TypeSource },
  operation: Operation,
  host: Host,
  engine: Engine,
  { spec: { image, pull }, platform, by }: ImageWish,
  note: (text: string) => void,
): Promise<string> {
  const here = await engine.inspectImage(image, operation.signal);
  if (here !== null && (pull !== 'always' || host.noPull)) {
    imagePolicy.refuseLocal(host.id, image, here.id);
    note(pull === 'always' ? 'here already; nothing is pulled to this host' : 'here already');
    return here.id;
  }
  if (pull === 'never') {
    throw new AppError('IMAGE_NOT_FOUND', `The image ${image} is not on this host`, {
      hint: types.list().some((type) => type.builtHere && type.image === image)
        ? 'This type has no image here yet: build it on the page of its type, or with "npm run images".'
        : 'Pull it first, or allow it to be pulled.',
    });
  }
  await pulls.bring({ host, image, platform, by }, operation.signal, {
    progress: (percent, text, transfer) => {
      operation.progress('image', percent, `Pulling ${text === '' ? image : text}`, transfer);
    },
    line: (text) => {
      operation.output(text);
    },
  });
  const pulled = await engine.inspectImage(image, operation.signal);
  if (pulled === null) throw new AppError('PULL_FAILED', `${image} was pulled and is not here`);
  note('pulled');
  return pulled.id;
}
