/** Secrets: written, replaced, deleted and given to agents, and never shown again. */
import type { AgentSpec } from '#lib/domain/agent-spec.ts';
import type { TypeSource } from '#lib/domain/agent-types.ts';
import { AppError, notFound, validationError } from '#lib/domain/errors.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { secretInput } from '#lib/domain/inputs/secret-input.ts';
import { maskSecrets } from '#lib/domain/mask.ts';
import type { SecretView } from '#lib/protocol/secrets.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { Journal } from '../storage/journal.ts';
import type { SecretRepository, SecretRow } from '../storage/secrets.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { Seal } from './seal.ts';

export interface SecretParts {
  readonly secrets: SecretRepository;
  readonly agents: AgentRepository;
  readonly journal: Journal;
  readonly seal: Seal;
  readonly types: Pick<TypeSource, 'list'>;
}

export class SecretService {
  readonly #parts: SecretParts;

  constructor(parts: SecretParts) {
    this.#parts = parts;
  }

  list(actor: Actor | null): readonly SecretView[] {
    authorize(actor, 'secrets.see');
    const agents = this.#parts.agents.list();
    return this.#parts.secrets.list().map((row) => view(row, agents));
  }

  /** Makes it, or gives it another value; running agents have the old one until their next start. */
  put(actor: Actor | null, raw: unknown): { readonly secret: SecretView; readonly made: boolean } {
    const who = authorize(actor, 'secrets.change');
    const { secrets, journal, seal, agents } = this.#parts;
    const { name, value } = parseInput(secretInput, raw);
    const known = secrets.byName(name);
    const now = Date.now();
    const row: SecretRow = {
      name,
      sealed: seal.close(value, purpose(name)),
      createdBy: known?.createdBy ?? who.name,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      lastUsedAt: known?.lastUsedAt ?? null,
    };
    journal.commit((tell) => {
      secrets.put(row);
      tell({ kind: 'changed', what: 'secrets', subject: name, by: asReason(who) });
    });
    return { secret: view(row, agents.list()), made: known === undefined };
  }

  /** Throws CONFLICT that names the agents that have it in their spec, unless by force: those cannot be made again without it. */
  delete(actor: Actor | null, name: string, force = false): void {
    const who = authorize(actor, 'secrets.change');
    const { secrets, journal, agents } = this.#parts;
    if (secrets.byName(name) === undefined) throw notFound('secret', name);
    const users = [...usersOf(name, agents.list()), ...this.#typesWith(name)];
    if (users.length > 0 && !force) {
      throw new AppError('CONFLICT', `The secret ${name} is used by ${users.join(', ')}`, {
        hint: 'Take it out of these first, or delete it by force: they keep what they have until they are made anew.',
      });
    }
    journal.commit((tell) => {
      secrets.delete(name);
      tell({ kind: 'changed', what: 'secrets', subject: name, by: asReason(who) });
    });
  }

  /** Before an agent is made: FORBIDDEN without the right to use secrets, VALIDATION for a secret that is not there. */
  refuseUnusable(actor: Actor, { secretEnv }: Pick<AgentSpec, 'secretEnv'>): void {
    const wanted = Object.entries(secretEnv);
    if (wanted.length === 0) return;
    authorize(actor, 'secrets.use');
    const unknown = wanted.filter(([, { secret }]) => this.#parts.secrets.byName(secret) === undefined);
    if (unknown.length === 0) return;
    throw validationError(
      unknown.map(([key, { secret }]) => ({
        field: `env.${key}`,
        value: { secret },
        rule: `there is no secret "${secret}"`,
      })),
    );
  }

  /**
   * The values for one agent, by variable and delivery, for whoever makes its container; the use is written down. Throws VALIDATION when one
   * was deleted since, CONFLICT when the key is another one.
   */
  give(
    agent: Pick<AgentRow, 'id'>,
    { secretEnv }: Pick<AgentSpec, 'secretEnv'>,
    by: string,
  ): Readonly<Record<'file' | 'env', Readonly<Record<string, string>>>> {
    const values: Record<'file' | 'env', Record<string, string>> = { file: {}, env: {} };
    for (const [key, { secret, delivery }] of Object.entries(secretEnv))
      values[delivery][key] = this.#value(secret, `env.${key}`);
    this.#wasUsed(agent.id, [...new Set(Object.values(secretEnv).map((each) => each.secret))], by);
    return values;
  }

  /** Every value by its name, to look for them where they must not be. */
  all(): ReadonlyMap<string, string> {
    const rows = this.#parts.secrets.list();
    return new Map(
      rows.flatMap((row) => {
        try {
          return [[row.name, this.#parts.seal.open(row.sealed, purpose(row.name))] as const];
        } catch (error) {
          if (error instanceof AppError) return [];
          throw error;
        }
      }),
    );
  }

  /** What is shown to people, without the values of secrets. */
  mask<Value>(value: Value): Value {
    return maskSecrets(value, [...this.all().values()]);
  }

  /** Types whose defaults name it. */
  #typesWith(name: string): readonly string[] {
    const types = this.#parts.types.list();
    return types
      .filter(({ defaults }) =>
        Object.values(defaults.env ?? {}).some((each) => typeof each !== 'string' && each.secret === name),
      )
      .map((type) => `the type ${type.name}`);
  }

  #value(name: string, field: string): string {
    const row = this.#parts.secrets.byName(name);
    if (row === undefined)
      throw validationError([{ field, value: { secret: name }, rule: `there is no secret "${name}"` }]);
    return this.#parts.seal.open(row.sealed, purpose(name));
  }

  #wasUsed(agentId: AgentId, names: readonly string[], by: string): void {
    if (names.length === 0) return;
    this.#parts.journal.commit((tell) => {
      this.#parts.secrets.used(names, Date.now());
      tell({ kind: 'secret-use', secrets: names, agentId, by });
    });
  }
}

function purpose(name: string): string {
  return `secret:${name}`;
}

function usersOf(name: string, agents: readonly AgentRow[]): readonly string[] {
  return agents
    .filter((agent) => Object.values(agent.spec.secretEnv).some((each) => each.secret === name))
    .map((agent) => agent.name);
}

function view(row: SecretRow, agents: readonly AgentRow[]): SecretView {
  return {
    name: row.name,
    createdBy: row.createdBy,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
    lastUsedAt: row.lastUsedAt === null ? null : new Date(row.lastUsedAt).toISOString(),
    agents: usersOf(row.name, agents),
  };
}
