/** Agent types as people change them. What ships is code; a row of the same name stands in its place, and a delete brings it back. */
import { findAgentType, type AgentType } from '#lib/domain/agent-types.ts';
import { AppError, notFound, validationError } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import {
  typeCloneInput,
  typeImportInput,
  typeInput,
  typeUpdateInput,
  type TypeInput,
} from '#lib/domain/inputs/type-input.ts';
import { formatImageReference, parseImageReference } from '#lib/domain/image-reference.ts';
import { defaultsAsInput } from '#lib/domain/type-defaults.ts';
import type { AgentTypeView } from '#lib/protocol/agent-types.ts';
import type { AgentRepository } from '../storage/agents.ts';
import type { AgentTypeRow } from '../storage/agent-types.ts';
import type { Journal } from '../storage/journal.ts';
import { asReason, authorize, type Actor } from './access.ts';
import { shippedImageOf } from './shipped-images.ts';
import type { TypeCatalogue } from './type-catalogue.ts';
import { typePatternProblems, typesFromToml, typesToToml } from './type-toml.ts';

export interface AgentTypeParts {
  readonly catalogue: TypeCatalogue;
  readonly agents: AgentRepository;
  readonly journal: Journal;
}

export interface ImportedTypes {
  readonly types: readonly AgentTypeView[];
  readonly count: number;
}

export class AgentTypeService {
  readonly #parts: AgentTypeParts;

  constructor(parts: AgentTypeParts) {
    this.#parts = parts;
    parts.journal.onRollback(() => {
      parts.catalogue.reload();
    });
  }

  list(actor: Actor | null): readonly AgentTypeView[] {
    const who = authorize(actor, 'types.see');
    return this.#parts.catalogue.list().map((type) => this.#view(who, type));
  }

  /** Throws NOT_FOUND. */
  get(actor: Actor | null, name: string): AgentTypeView {
    const who = authorize(actor, 'types.see');
    return this.#view(who, this.#type(name));
  }

  /** The recipes themselves, for the form of new agents. */
  recipes(actor: Actor | null): readonly AgentType[] {
    const who = authorize(actor, 'types.see');
    return this.#parts.catalogue.list().map((type) => ({ ...type, defaults: shownDefaults(who, type) }));
  }

  /** Throws VALIDATION, or CONFLICT when there is one of this name. */
  create(actor: Actor | null, raw: unknown): AgentTypeView {
    const who = authorize(actor, 'types.change');
    const recipe = recipeOf(parseInput(typeInput, raw));
    this.#refuseTaken(recipe.name);
    this.#keep(who, [recipe]);
    return this.#view(who, recipe);
  }

  /** A new type that is as another one is now. */
  clone(actor: Actor | null, from: string, raw: unknown): AgentTypeView {
    const who = authorize(actor, 'types.change');
    const type = this.#type(from);
    const { name, title } = parseInput(typeCloneInput, raw);
    this.#refuseTaken(name);
    const recipe = { ...type, name, title: title === undefined || title === '' ? name : title };
    this.#keep(who, [recipe]);
    return this.#view(who, recipe);
  }

  /**
   * The whole type anew; what is left out is empty from now on. `version`, here or in the input, is that of what was read: when it has
   * changed since, CONFLICT. Without one the last writer wins.
   */
  update(actor: Actor | null, name: string, raw: unknown, version: number | null = null): AgentTypeView {
    const who = authorize(actor, 'types.change');
    const before = this.#type(name);
    const { version: given, ...input } = parseInput(typeUpdateInput, raw);
    if (input.name !== undefined && input.name !== name)
      throw validationError([
        { field: 'name', value: input.name, rule: 'cannot be changed: clone it under another name' },
      ]);
    const known = version ?? given ?? null;
    if (known !== null && known !== this.#version(name)) {
      throw new AppError('CONFLICT', `The type ${name} was changed by somebody else meanwhile`, {
        hint: 'Read it again, then make your change once more.',
      });
    }
    const recipe = recipeOf({ ...input, name, title: input.title ?? before.title });
    this.#keep(who, [recipe]);
    return this.#view(who, recipe);
  }

  /** A changed built-in one is again as it ships. Throws CONFLICT that names the agents of an own type, or when there is nothing to take back. */
  delete(actor: Actor | null, name: string): void {
    const who = authorize(actor, 'types.change');
    const { catalogue, journal } = this.#parts;
    this.#type(name);
    const ships = findAgentType(name) !== undefined;
    if (catalogue.row(name) === undefined)
      throw new AppError('CONFLICT', `The type ${name} ships with Slipway and is as it ships`, {
        hint: 'Only types of your own can be deleted.',
      });
    const users = ships ? [] : this.#users(name);
    if (users.length > 0)
      throw new AppError('CONFLICT', `The type ${name} is used by ${users.join(', ')}`, {
        hint: 'Remove these agents first.',
      });
    journal.commit((tell) => {
      catalogue.delete(name);
      tell({ kind: 'changed', what: 'types', subject: name, by: asReason(who) });
    });
  }

  /** One type, or all of them. With the values of its variables: for those who may inspect agents. */
  toToml(actor: Actor | null, name: string | null): string {
    authorize(actor, 'agents.inspect');
    return typesToToml(name === null ? this.#parts.catalogue.list() : [this.#type(name)]);
  }

  /** All types of a file or none. Throws VALIDATION with lines, or CONFLICT for a name that is taken, unless `replace`. */
  importToml(actor: Actor | null, raw: unknown): ImportedTypes {
    const who = authorize(actor, 'types.change');
    const { toml, replace } = parseInput(typeImportInput, raw);
    const recipes = typesFromToml(toml).map(recipeOf);
    if (!replace) for (const { name } of recipes) this.#refuseTaken(name);
    this.#keep(who, recipes);
    return { types: recipes.map((recipe) => this.#view(who, recipe)), count: recipes.length };
  }

  #keep(who: Actor, recipes: readonly AgentType[]): void {
    const { catalogue, journal } = this.#parts;
    journal.commit((tell) => {
      for (const recipe of recipes) {
        // larger than any before it, also of a type that was deleted and made again
        const version = Math.max(this.#version(recipe.name), journal.seq()) + 1;
        catalogue.put({ name: recipe.name, recipe, version, updatedBy: who.name, updatedAt: Date.now() });
        tell({ kind: 'changed', what: 'types', subject: recipe.name, by: asReason(who) });
      }
    });
  }

  #view(who: Actor, type: AgentType): AgentTypeView {
    const row: AgentTypeRow | undefined = this.#parts.catalogue.row(type.name);
    const builtIn = findAgentType(type.name) !== undefined;
    const { name, title, summary, image, builtHere, patterns, loginHelp } = type;
    return {
      ...{ name, title, summary, image, builtHere, patterns, loginHelp },
      defaults: defaultsAsInput(shownDefaults(who, type)),
      builtIn,
      changed: builtIn && row !== undefined,
      version: row?.version ?? 0,
      updatedBy: row?.updatedBy ?? null,
      updatedAt: row === undefined ? null : new Date(row.updatedAt).toISOString(),
      agents: this.#users(name).length,
      shippedImage: builtHere ? shippedImageOf(image) : null,
    };
  }

  #type(name: string): AgentType {
    const type = this.#parts.catalogue.get(name);
    if (type === undefined) throw notFound('agent type', name);
    return type;
  }

  #version(name: string): number {
    return this.#parts.catalogue.row(name)?.version ?? 0;
  }

  #users(name: string): readonly string[] {
    return this.#parts.agents
      .list()
      .filter((row) => row.type === name)
      .map((row) => row.name);
  }

  #refuseTaken(name: string): void {
    if (this.#parts.catalogue.get(name) === undefined) return;
    throw new AppError('CONFLICT', `There is an agent type "${name}" already`, {
      hint: 'Choose another name, or change that one.',
    });
  }
}

/** Throws VALIDATION for an image or a pattern that cannot be. */
function recipeOf(input: TypeInput): AgentType {
  const problems = typePatternProblems(input);
  if (problems.length > 0) throw validationError(problems);
  const { image } = input;
  return {
    ...input,
    title: input.title ?? input.name,
    image: image === null ? null : formatImageReference(parseImageReference(image)),
  };
}

/** Values of variables are for those who may inspect agents. */
function shownDefaults(who: Actor, { defaults }: AgentType): AgentType['defaults'] {
  if (who.role !== 'viewer' || defaults.env === undefined) return defaults;
  const env = Object.entries(defaults.env).map(([key, value]) => [
    key,
    typeof value === 'string' ? '…' : value,
  ]);
  return { ...defaults, env: Object.fromEntries(env) as NonNullable<AgentType['defaults']['env']> };
}
