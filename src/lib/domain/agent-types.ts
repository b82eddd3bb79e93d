import type { SpecInput } from './inputs/spawn-input.ts';

/** The built-in recipes. A type gives an agent what its maker left out. */
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
}

const IDLE = { idle: { mode: 'io', timeout: 800 } } as const;
const built = { builtHere: true, defaults: IDLE } as const;

export const BUILT_IN_TYPES: readonly AgentType[] = [
  {
    name: 'shell',
    title: 'Shell',
    summary: 'A plain shell in the starter image',
    image: 'slipway/starter:latest',
    ...built,
  },
  {
    name: 'claude',
    title: 'Claude',
    summary: 'Claude Code with git and ripgrep',
    image: 'slipway/claude:latest',
    ...built,
  },
  {
    name: 'codex',
    title: 'Codex',
    summary: 'Codex CLI with git and ripgrep',
    image: 'slipway/codex:latest',
    ...built,
  },
  {
    name: 'gemini',
    title: 'Gemini',
    summary: 'Gemini CLI with git and ripgrep',
    image: 'slipway/gemini:latest',
    ...built,
  },
  {
    name: 'aider',
    title: 'Aider',
    summary: 'Aider with git and your model key',
    image: 'slipway/aider:latest',
    ...built,
  },
  { name: 'custom', title: 'Custom', summary: 'Any image', image: null, builtHere: false, defaults: {} },
];

export function findAgentType(name: string): AgentType | undefined {
  return BUILT_IN_TYPES.find((type) => type.name === name);
}

export const AGENT_TYPE_NAMES: readonly string[] = BUILT_IN_TYPES.map((type) => type.name);
