import { validationError } from './errors.ts';

/** An image reference, normalised as Docker does: `nginx` is `docker.io/library/nginx:latest`. */
export interface ImageReference {
  readonly registry: string;
  readonly path: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
const MAX_PATH = 255;
const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;

/** Throws VALIDATION when the text is no image reference. `field` is the name that the refusal gives. */
export function parseImageReference(text: string, field = 'image'): ImageReference {
  const refuse = (rule: string) => validationError([{ field, value: text, rule }]);
  const [beforeDigest = '', digest = null, extra] = text.split('@');
  if (extra !== undefined || (digest !== null && !DIGEST.test(digest)))
    throw refuse('the part after "@" must be a digest such as sha256:…');
  if (/^[0-9a-f]{64}$/.test(beforeDigest))
    throw refuse('a name may not be 64 hexadecimal characters; use sha256:… for an id');
  const slash = beforeDigest.indexOf('/');
  const first = slash === -1 ? '' : beforeDigest.slice(0, slash);
  const hasRegistry = slash !== -1 && looksLikeRegistry(first);
  const registry = hasRegistry ? first : 'docker.io';
  const rest = hasRegistry ? beforeDigest.slice(slash + 1) : beforeDigest;
  const colon = rest.lastIndexOf(':');
  const tag = colon === -1 ? null : rest.slice(colon + 1);
  const name = colon === -1 ? rest : rest.slice(0, colon);
  if (!HOST.test(registry)) throw refuse(`"${registry}" is no registry address`);
  if (tag !== null && !TAG.test(tag))
    throw refuse(`"${tag}" is no tag: letters, digits, "_", "." and "-", at most 128`);
  const parts = name.split('/');
  if (name === '' || !parts.every((part) => COMPONENT.test(part))) {
    throw refuse('must be an image name such as nginx, acme/tool:1.2 or registry.example/acme/tool');
  }
  const dockerHub = registry === 'docker.io' || registry === 'index.docker.io';
  const path = dockerHub && parts.length === 1 ? `library/${name}` : name;
  if (path.length > MAX_PATH) throw refuse(`a name may have ${MAX_PATH} characters at most`);
  return {
    registry: dockerHub ? 'docker.io' : registry,
    path,
    tag: tag ?? (digest === null ? 'latest' : null),
    digest,
  };
}

/** The shortest form that means the same to Docker: `nginx:latest`, `ghcr.io/acme/tool@sha256:…`. */
export function formatImageReference(reference: ImageReference): string {
  return (
    shortName(reference) +
    (reference.tag === null ? '' : `:${reference.tag}`) +
    (reference.digest === null ? '' : `@${reference.digest}`)
  );
}

function shortName({ registry, path }: ImageReference): string {
  if (registry !== 'docker.io') return `${registry}/${path}`;
  const [first = '', second, ...more] = path.split('/');
  if (first === 'library' && second !== undefined && more.length === 0) return second;
  // without its registry, such a name would be read as one of another registry
  return looksLikeRegistry(first) ? `docker.io/${path}` : path;
}

/** How Docker tells `localhost/tool` and `registry.example/tool` from `acme/tool`. */
function looksLikeRegistry(first: string): boolean {
  return /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
}
