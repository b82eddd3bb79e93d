/** Logins of registries, by the address that stands in front of an image's name. A password comes in, is sealed, and is never shown. */
import { AppError, notFound, validationError } from '#lib/domain/errors.ts';
import { parseImageReference } from '#lib/domain/image-reference.ts';
import { registryInput } from '#lib/domain/inputs/image-inputs.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { loginAddress, parseRegistryAddress } from '#lib/domain/registry-address.ts';
import type { RegistryView } from '#lib/protocol/images.ts';
import type { RegistryLogin } from '../engine/engine.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { Journal } from '../storage/journal.ts';
import type { RegistryRepository, RegistryRow } from '../storage/registries.ts';
import { asReason, authorize, type Actor } from './access.ts';
import type { Seal } from './seal.ts';

export interface RegistryParts {
  readonly registries: RegistryRepository;
  readonly fleet: Fleet;
  readonly journal: Journal;
  readonly seal: Seal;
}

export class RegistryService {
  readonly #parts: RegistryParts;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  list(actor: Actor | null): readonly RegistryView[] {
    authorize(actor, 'images.see');
    return this.#parts.registries.list().map(registryView);
  }

  /**
   * Makes or changes a login, after the registry took it; with `force` also when it does not. Throws PULL_FAILED with the registry's words:
   * then nothing was kept.
   */
  async put(
    actor: Actor | null,
    typedAddress: string,
    raw: unknown,
  ): Promise<{ readonly registry: RegistryView; readonly made: boolean; readonly works: boolean }> {
    const who = authorize(actor, 'registries.change');
    const { registries, seal, journal } = this.#parts;
    const address = parseRegistryAddress(typedAddress);
    const { username, password: typed, force } = parseInput(registryInput, raw);
    const known = registries.byAddress(address);
    const password = typed ?? (known === undefined ? undefined : this.#open(known));
    if (password === undefined)
      throw validationError([{ field: 'password', value: undefined, rule: 'must be given for a new login' }]);
    const works = await this.#check(address, { username, password }).then(
      () => true,
      (error: unknown) => {
        if (force && error instanceof AppError) return false;
        throw error;
      },
    );
    const now = Date.now();
    const row: RegistryRow = {
      address,
      username,
      sealed: seal.close(password, purpose(address)),
      createdBy: known?.createdBy ?? who.name,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      workedAt: works ? now : null,
    };
    journal.commit((tell) => {
      registries.put(row);
      tell({ kind: 'changed', what: 'registries', subject: address, by: asReason(who) });
    });
    return { registry: registryView(row), made: known === undefined, works };
  }

  /** Asks the registry whether it takes the login that is kept. Throws PULL_FAILED with its words. */
  async test(actor: Actor | null, typedAddress: string): Promise<RegistryView> {
    const who = authorize(actor, 'registries.change');
    const row = this.#row(typedAddress);
    try {
      await this.#check(row.address, { username: row.username, password: this.#open(row) });
    } catch (error) {
      this.#tested(who, row.address, null);
      throw error;
    }
    const workedAt = Date.now();
    this.#tested(who, row.address, workedAt);
    return registryView({ ...row, workedAt });
  }

  delete(actor: Actor | null, typedAddress: string): void {
    const who = authorize(actor, 'registries.change');
    const { address } = this.#row(typedAddress);
    this.#parts.journal.commit((tell) => {
      this.#parts.registries.delete(address);
      tell({ kind: 'changed', what: 'registries', subject: address, by: asReason(who) });
    });
  }

  /** The login for an image, by its registry. Throws CONFLICT when it was written with another key. */
  loginFor(image: string): RegistryLogin | null {
    const row = this.#parts.registries.byAddress(parseImageReference(image).registry.toLowerCase());
    return row === undefined ? null : this.#login(row);
  }

  /** All logins, by the address that the engine knows each registry by; for builds, whose base images may be anywhere. */
  logins(): Readonly<Record<string, RegistryLogin>> {
    const logins = this.#parts.registries.list().map((row) => this.#login(row));
    return Object.fromEntries(logins.map((login) => [login.serverAddress, login]));
  }

  #login(row: RegistryRow): RegistryLogin {
    return {
      username: row.username,
      password: this.#open(row),
      serverAddress: loginAddress(row.address),
    };
  }

  async #check(
    address: string,
    login: { readonly username: string; readonly password: string },
  ): Promise<void> {
    const engine = this.#parts.fleet.place('auto').engine();
    await engine.checkLogin({ ...login, serverAddress: loginAddress(address) });
  }

  /** `workedAt`: null when the registry did not take it. */
  #tested(actor: Actor, address: string, workedAt: number | null): void {
    this.#parts.journal.commit((tell) => {
      this.#parts.registries.tested(address, workedAt);
      tell({ kind: 'changed', what: 'registries', subject: address, by: asReason(actor) });
    });
  }

  #open(row: RegistryRow): string {
    return this.#parts.seal.open(row.sealed, purpose(row.address));
  }

  #row(typedAddress: string): RegistryRow {
    const row = this.#parts.registries.byAddress(parseRegistryAddress(typedAddress));
    if (row === undefined) throw notFound('login for the registry', typedAddress);
    return row;
  }
}

function purpose(address: string): string {
  return `registry:${address}`;
}

function registryView(row: RegistryRow): RegistryView {
  return {
    address: row.address,
    username: row.username,
    createdBy: row.createdBy,
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
    workedAt: row.workedAt === null ? null : new Date(row.workedAt).toISOString(),
  };
}
