/** The allow list of registries and namespaces: kept, changed, and asked before anything is pulled. Admins are bound by it too. */
import { z } from 'zod';
import { BASE_IMAGE, BUILT_IN_TYPES } from '#lib/domain/agent-types.ts';
import type { HostId } from '#lib/domain/ids.ts';
import {
  checkAllowList,
  OPEN_IMAGE_POLICY,
  refuseImage,
  type ImagePolicy,
} from '#lib/domain/image-policy.ts';
import { imagePolicyInput } from '#lib/domain/inputs/image-inputs.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import type { Journal } from '../storage/journal.ts';
import type { SettingsRepository } from '../storage/settings.ts';
import { asReason, authorize, type Actor } from './access.ts';

export interface ImagePolicyParts {
  readonly settings: SettingsRepository;
  readonly journal: Journal;
  /** Whether Slipway made the image: a snapshot or a build that is in its records. */
  readonly isOurs: (hostId: HostId, imageId: string) => boolean;
}

const KEY = 'image-policy';
const kept = z.object({ allow: z.array(z.string()).nullable(), strict: z.boolean() });

export class ImagePolicyService {
  readonly #parts: ImagePolicyParts;

  constructor(parts: ImagePolicyParts) {
    this.#parts = parts;
  }

  get(actor: Actor | null): ImagePolicy {
    authorize(actor, 'images.see');
    return this.#current();
  }

  /** Replaces it. Throws VALIDATION that names each bad entry. */
  change(actor: Actor | null, raw: unknown): ImagePolicy {
    const who = authorize(actor, 'images.policy');
    const { allow, strict } = parseInput(imagePolicyInput, raw);
    const policy: ImagePolicy = { allow: allow === null ? null : checkAllowList(allow), strict };
    this.#parts.journal.commit((tell) => {
      this.#parts.settings.set(KEY, JSON.stringify(policy));
      tell({ kind: 'changed', what: 'settings', subject: KEY, by: asReason(who) });
    });
    return policy;
  }

  /** Before a pull, or a build that begins with it. Throws IMAGE_NOT_ALLOWED. */
  refusePull(image: string): void {
    refuseImage(this.#current(), image);
  }

  /** Before an agent is made of an image that is here. Throws IMAGE_NOT_ALLOWED when the policy is strict. */
  refuseLocal(hostId: HostId, image: string, imageId: string): void {
    const policy = this.#current();
    if (!policy.strict || policy.allow === null || this.#parts.isOurs(hostId, imageId)) return;
    if (image === BASE_IMAGE || BUILT_IN_TYPES.some((type) => type.builtHere && type.image === image)) return;
    // the engine takes the beginning of an id for a name: it says nothing of where the image came from
    const byId = imageId.startsWith(image) || imageId.startsWith(`sha256:${image}`);
    refuseImage(policy, byId ? imageId : image);
  }

  #current(): ImagePolicy {
    const text = this.#parts.settings.get(KEY);
    return text === null ? OPEN_IMAGE_POLICY : kept.parse(JSON.parse(text));
  }
}
