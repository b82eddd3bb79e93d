/**
 * From where images may come. An entry of the allow list is a registry (`ghcr.io`, `localhost:5000`), a registry and namespace
 * (`ghcr.io/acme`), or a namespace of Docker Hub (`acme`, `library`). References are read as Docker reads them, and an entry covers what lies
 * below it by whole parts of the path: `ghcr.io/acme` has `ghcr.io/acme/tool` and not `ghcr.io/acmetools/tool`.
 */
import { AppError, validationError, type FieldProblem } from './errors.ts';
import { parseImageReference } from './image-reference.ts';
import { DOCKER_HUB, parseRegistryAddress } from './registry-address.ts';

export interface ImagePolicy {
  /** null: images of every registry. */
  readonly allow: readonly string[] | null;
  /** Images that are on a host already are held against the list too, when an agent is made of them. */
  readonly strict: boolean;
}

export const OPEN_IMAGE_POLICY: ImagePolicy = { allow: null, strict: false };

interface AllowEntry {
  readonly registry: string;
  /** Parts of the path; empty: all of the registry. */
  readonly path: readonly string[];
}

const PATH_PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const IMAGE_ID = /^(?:sha256:[0-9a-f]+|[0-9a-f]{64})$/;
const RULE =
  'must be a registry (ghcr.io), one with a namespace (ghcr.io/acme) or a Docker Hub namespace (acme)';

/** The entries as they are kept: trimmed, each once. Throws VALIDATION that names each bad one. */
export function checkAllowList(entries: readonly string[]): readonly string[] {
  const problems = entries.flatMap((entry, index): readonly FieldProblem[] =>
    readEntry(entry) === null
      ? [{ field: `allow.${index}`, value: entry, rule: `"${entry}" cannot be an entry: it ${RULE}` }]
      : [],
  );
  if (problems.length > 0) throw validationError(problems);
  return [...new Set(entries.map((entry) => entry.trim()))];
}

/** Throws IMAGE_NOT_ALLOWED that names the registry; VALIDATION when it is no image reference. */
export function refuseImage(policy: ImagePolicy, image: string): void {
  if (isImageAllowed(policy, image)) return;
  const from = IMAGE_ID.test(image)
    ? `${image} is an id and names no registry`
    : `Images of ${sourceOf(image)} are not allowed: ${image}`;
  throw new AppError('IMAGE_NOT_ALLOWED', from, {
    hint:
      policy.allow === null || policy.allow.length === 0
        ? 'No registry is on the allow list. Ask an admin to add this one.'
        : `Allowed are ${policy.allow.join(', ')}. Ask an admin to add this one.`,
    details: { known: policy.allow ?? [] },
  });
}

/** Throws VALIDATION when it is no image reference. */
export function isImageAllowed({ allow }: ImagePolicy, image: string): boolean {
  if (allow === null) return true;
  if (IMAGE_ID.test(image)) return false;
  const { registry, path } = parseImageReference(image);
  const parts = path.split('/');
  return allow.some((text) => {
    const entry = readEntry(text);
    return (
      entry?.registry === registry.toLowerCase() && entry.path.every((part, index) => part === parts[index])
    );
  });
}

function readEntry(text: string): AllowEntry | null {
  const [first = '', ...rest] = text.trim().split('/');
  const isHost = /[.:]/.test(first) || first === 'localhost';
  const path = isHost ? rest : [first, ...rest];
  if (!path.every((part) => PATH_PART.test(part))) return null;
  if (!isHost) return path.length === 1 ? { registry: DOCKER_HUB, path } : null;
  try {
    return { registry: parseRegistryAddress(first), path };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** `ghcr.io`, and for Docker Hub with its namespace: `docker.io/acme`. */
function sourceOf(image: string): string {
  const { registry, path } = parseImageReference(image);
  return registry === DOCKER_HUB ? `${registry}/${path.split('/')[0] ?? ''}` : registry;
}
