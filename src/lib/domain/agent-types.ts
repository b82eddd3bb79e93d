import type { SpecInput } from './inputs/spawn-input.ts';
import { BUILT_IN_PATTERNS } from './login-patterns.ts';

/** A recipe: what it gives an agent that its maker left out, and what is known of its program. */
export interface AgentType {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** null: the caller has to name an image. */
  readonly image: string | null;
  /** True for images that Slipway's own Dockerfiles make: they are in no registry, so they are never pulled. */
  readonly builtHere: boolean;
  /** Fields of the spec, in the canonical form that their schema gives. */
  readonly defaults: SpecInput;
  readonly patterns: TypePatterns;
  /** What to do when it needs a login, in a sentence or two; null: nothing is known. */
  readonly loginHelp: string | null;
}

/** RE2 patterns over lines of output. */
export interface TypePatterns {
  /** The program says that it has no login. */
  readonly login: readonly string[];
  /** The program waits for an answer. */
  readonly prompt: readonly string[];
}

/** The types that there are now: those that ship, those that people made, and changed ones in the place of what ships. */
export interface TypeSource {
  get(name: string): AgentType | undefined;
  names(): readonly string[];
  list(): readonly AgentType[];
}

const IDLE = { idle: { mode: 'io', timeout: 800 } } as const;
const NO_PATTERNS: TypePatterns = { login: [], prompt: [] };
const built = { builtHere: true, defaults: IDLE } as const;

/** What the images of the types that ship begin with (`npm run images`). */
export const BASE_IMAGE = 'slipway/base:latest';
/** The image of plain shells, which needs no registry. */
export const STARTER_IMAGE = 'slipway/starter:latest';

export const BUILT_IN_TYPES: readonly AgentType[] = [
  {
    name: 'shell',
    title: 'Shell',
    summary: 'A plain shell in the starter image',
    image: STARTER_IMAGE,
    ...built,
    patterns: NO_PATTERNS,
    loginHelp: null,
  },
  {
    name: 'claude',
    title: 'Claude',
    summary: 'Claude Code with git and ripgrep',
    image: 'slipway/claude:latest',
    ...built,
    ...BUILT_IN_PATTERNS.claude,
  },
  {
    name: 'codex',
    title: 'Codex',
    summary: 'Codex CLI with git and ripgrep',
    image: 'slipway/codex:latest',
    ...built,
    ...BUILT_IN_PATTERNS.codex,
  },
  {
    name: 'gemini',
    title: 'Gemini',
    summary: 'Gemini CLI with git and ripgrep',
    image: 'slipway/gemini:latest',
    ...built,
    ...BUILT_IN_PATTERNS.gemini,
  },
  {
    name: 'aider',
    title: 'Aider',
    summary: 'Aider with git and your model key',
    image: 'slipway/aider:latest',
    ...built,
    ...BUILT_IN_PATTERNS.aider,
  },
  {
    name: 'custom',
    title: 'Custom',
    summary: 'Any image',
    image: null,
    builtHere: false,
    defaults: {},
    patterns: NO_PATTERNS,
    loginHelp: null,
  },
];

/** One that ships. */
export function findAgentType(name: string): AgentType | undefined {
  return BUILT_IN_TYPES.find((type) => type.name === name);
}

/** Only those that ship. */
export const SHIPPED_TYPES: TypeSource = {
  get: findAgentType,
  names: () => BUILT_IN_TYPES.map((type) => type.name),
  list: () => BUILT_IN_TYPES,
};
