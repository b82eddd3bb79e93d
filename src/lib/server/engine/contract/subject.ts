import type { Engine, RegistryLogin } from '../engine.ts';

/** An engine on which the contract suite runs, and what the suite needs to know about it. */
export interface EngineUnderTest {
  readonly engine: Engine;
  /** A tiny image that is here, with sh, sleep, echo, printf, seq and cat. */
  readonly image: string;
  /** An image that can be pulled and is not here. */
  readonly pullable: string;
  /** An image that the same registry has, and of which a layer breaks off. */
  readonly broken: string;
  /** null where none can be started. */
  readonly registries: RegistriesUnderTest | null;
  /** A command that asks for more memory than its container may have. */
  readonly outOfMemory: readonly string[];
  /** Another way to the same kind of engine, with the same image, that can be made to fail. */
  readonly faulty: () => Promise<FaultyEngine>;
  readonly dispose: () => Promise<void>;
}

/** Registries that the engine reaches, and that take what is pushed. */
export interface RegistriesUnderTest {
  /** As references to it begin. It asks for nothing. */
  readonly open: string;
  /** Of one that lets in nobody else; its address is the login's. */
  readonly login: RegistryLogin;
}

export interface FaultyEngine {
  readonly engine: Engine;
  /** It accepts and never answers. */
  readonly hang: () => void;
  /** It cannot be reached, and what was open breaks. */
  readonly cut: () => void;
  readonly heal: () => Promise<void>;
  readonly dispose: () => void;
}

export type MakeEngine = () => Promise<EngineUnderTest>;
