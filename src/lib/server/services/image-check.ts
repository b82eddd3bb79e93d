import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { CheckView } from '#lib/protocol/views.ts';
import type { Host } from '../hosts/host.ts';
import type { ImagePolicyService } from './image-policy.ts';

/** What the pre-flight says of an image: whether it is there or would be pulled, and whether it is allowed. `imageId` null: it is not there. */
export function imageChecks(
  host: Host,
  { image, pull, build }: Pick<AgentSpec, 'image' | 'pull' | 'build'>,
  imageId: string | null,
  policy: ImagePolicyService,
): readonly CheckView[] {
  if (build !== null)
    return [{ name: 'image', result: 'note', text: `${image} is built on ${host.name} first` }];
  if (imageId !== null && (pull !== 'always' || host.noPull)) {
    const allowed = allowedCheck(() => {
      policy.refuseLocal(host.id, image, imageId);
    });
    return [{ name: 'image', result: 'ok', text: `${image} is on ${host.name}` }, ...allowed];
  }
  if (pull === 'never' || host.noPull) {
    const why = host.noPull ? 'nothing is pulled to this host (no_pull)' : 'it may not be pulled';
    return [{ name: 'image', result: 'refused', text: `${image} is not on ${host.name}, and ${why}` }];
  }
  const refused = allowedCheck(() => {
    policy.refusePull(image);
  });
  if (refused.length > 0) return refused;
  return [{ name: 'image', result: 'note', text: `${image} is pulled to ${host.name} first` }];
}

/** Nothing when it is allowed. */
function allowedCheck(ask: () => void): readonly CheckView[] {
  try {
    ask();
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ name: 'allowed', result: 'refused', text: error.message }];
  }
}
