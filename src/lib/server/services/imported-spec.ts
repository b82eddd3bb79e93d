/** What a file says of its snapshot: read, and made into the spec that a fork begins with. Nothing in it is believed before it is checked. */
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import { AppError, validationError } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { snapshotFile, type SnapshotFile } from '#lib/domain/inputs/snapshot-file.ts';
import { specInput } from '#lib/domain/inputs/spawn-input.ts';
import type { Actor } from './access.ts';
import type { SecretService } from './secrets.ts';
import type { SpecMaker } from './spec-maker.ts';
import type { TypeCatalogue } from './type-catalogue.ts';

/** Rights are asked for when somebody forks it. */
const SYSTEM: Actor = { kind: 'system', name: 'import', role: 'admin' };

/** Throws VALIDATION. */
export function readAbout(text: string): SnapshotFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badFile('holds a description of the snapshot that cannot be read', error);
  }
  return parseInput(snapshotFile, value);
}

/** Throws VALIDATION for a spec that is none. Secrets that are not here are left out, and named to `tell`. */
export function importedSpec(
  parts: {
    readonly specs: SpecMaker;
    readonly types: TypeCatalogue;
    readonly secrets: Pick<SecretService, 'all'>;
  },
  as: { readonly agentName: string; readonly image: string },
  about: SnapshotFile | null,
  tell: (line: string) => void,
): { readonly type: string; readonly spec: AgentSpec } {
  const { specs, types, secrets } = parts;
  const type = about !== null && types.get(about.type) !== undefined ? about.type : 'custom';
  const known = secrets.all();
  const missing = (about?.secrets ?? []).filter((name) => !known.has(name));
  for (const name of missing) tell(`its agent had the secret ${name}, which is not here`);
  const { build: _, ...said } = about?.spec ?? {};
  const env = withoutSecrets(said['env'], new Set(missing));
  const input = parseInput(specInput, { ...said, env, image: as.image, pull: 'never' });
  return { type, spec: { ...specs.make(SYSTEM, as.agentName, specs.type(type), input), build: null } };
}

export function badFile(rule: string, cause?: unknown): AppError {
  const { message, details } = validationError([{ field: 'file', value: 'tar', rule }]);
  return new AppError('VALIDATION', message, { ...(details ? { details } : {}), cause });
}

function withoutSecrets(env: unknown, missing: ReadonlySet<string>): unknown {
  if (typeof env !== 'object' || env === null) return env;
  const entries = Object.entries(env).filter(([, value]: [string, unknown]) => {
    const secret: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'secret') : null;
    return typeof secret !== 'string' || !missing.has(secret);
  });
  return Object.fromEntries(entries);
}
