/** What a field means when it is left empty, in the words of the form: for placeholders, and for what an edit empties. Pure. */
import { PLAIN_SPEC } from '#lib/domain/agent-spec.ts';
import type { AgentType } from '#lib/domain/agent-types.ts';
import { resolveSpec, type SpecDefaults } from '#lib/domain/resolve-spec.ts';
import { specAsInput } from '#lib/domain/spec-input.ts';
import { filled, type FilledFields, type FieldName } from './fields.ts';
import { fieldsFrom } from './spawn-form.ts';

/** A type that names no image needs one to be resolved. */
const ANY_IMAGE = 'any/image:latest';

/** PLAIN_SPEC as the form says it. */
const PLAIN: Partial<FilledFields> = {
  pull: PLAIN_SPEC.pull,
  tty: 'on',
  stdin: 'on',
  memory: 'unlimited',
  cpu: 'unlimited',
  pids: String(PLAIN_SPEC.resources.pids),
  restart: PLAIN_SPEC.restart.name,
  readiness: PLAIN_SPEC.readiness.kind,
  readyTimeout: String(PLAIN_SPEC.readiness.timeout),
  idle: PLAIN_SPEC.idle.mode,
  idleTimeout: String(PLAIN_SPEC.idle.timeout),
  ttl: '0',
  profile: PLAIN_SPEC.security.profile,
  logSize: PLAIN_SPEC.logging.maxSize,
  logFiles: String(PLAIN_SPEC.logging.maxFile),
};

/** Empty where nothing is what it means. */
export function standardFields(type: AgentType, instance: Omit<SpecDefaults, 'groupKey'>): FilledFields {
  const spec = resolveSpec(type.image === null ? { image: ANY_IMAGE } : {}, type, {
    ...instance,
    groupKey: () => '',
  });
  const plain = { ...PLAIN_SPEC, image: spec.image, capabilities: [], startArgs: [] };
  const own = Object.entries(fieldsFrom(specAsInput(spec, plain))).filter(([, value]) => value !== '');
  return filled({
    ...PLAIN,
    ...(Object.fromEntries(own) as Partial<Record<FieldName, string>>),
    image: type.image ?? '',
  });
}
