/** All agent types as they are now: what people made and changed lies over what ships. Read by everything that launches agents. */
import { BUILT_IN_TYPES, findAgentType, type AgentType, type TypeSource } from '#lib/domain/agent-types.ts';
import type { AgentTypeRepository, AgentTypeRow } from '../storage/agent-types.ts';

export class TypeCatalogue implements TypeSource {
  readonly #repository: AgentTypeRepository;
  /** In memory: every spawn and every list asks. */
  #rows: ReadonlyMap<string, AgentTypeRow>;

  constructor(repository: AgentTypeRepository) {
    this.#repository = repository;
    this.#rows = byName(repository.list());
  }

  get(name: string): AgentType | undefined {
    return this.#rows.get(name)?.recipe ?? findAgentType(name);
  }

  /** In the order of `list`. */
  names(): readonly string[] {
    return this.list().map((type) => type.name);
  }

  /** Those that ship in their own order, then those that people made, by name. */
  list(): readonly AgentType[] {
    const own = [...this.#rows.values()].filter((row) => findAgentType(row.name) === undefined);
    return [
      ...BUILT_IN_TYPES.map((type) => this.#rows.get(type.name)?.recipe ?? type),
      ...own.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((row) => row.recipe),
    ];
  }

  /** What is kept of a type; undefined for a built-in one as it ships. */
  row(name: string): AgentTypeRow | undefined {
    return this.#rows.get(name);
  }

  /** Inside the transaction that tells of it. */
  put(row: AgentTypeRow): void {
    this.#repository.put(row);
    this.#rows = new Map(this.#rows).set(row.name, row);
  }

  delete(name: string): void {
    this.#repository.delete(name);
    this.#rows = new Map([...this.#rows].filter(([each]) => each !== name));
  }

  /** What is kept is read anew, after a transaction was undone. */
  reload(): void {
    this.#rows = byName(this.#repository.list());
  }
}

function byName(rows: readonly AgentTypeRow[]): ReadonlyMap<string, AgentTypeRow> {
  return new Map(rows.map((row) => [row.name, row]));
}
