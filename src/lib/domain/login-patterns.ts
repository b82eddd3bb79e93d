/**
 * How the programs that ship say that they have no login, and what to do about it. Each pattern is a whole saying of the program, from its own
 * strings, so that output which merely talks of logins does not match. They are tested against such sayings in login-patterns.test.ts.
 */
import type { AgentType } from './agent-types.ts';

type Known = Pick<AgentType, 'patterns' | 'loginHelp'>;

/** Marks and frames that an interface draws before its words. */
const EDGE = '^[^\\pL]*';

export const BUILT_IN_PATTERNS = {
  claude: {
    patterns: {
      login: [
        // "Not logged in · Please run /login", "OAuth token revoked · …", "API Error: 401 Invalid API key · …"
        `${EDGE}[\\pL\\d :]{3,60} · (?:Please )?[Rr]un /login\\b`,
        `${EDGE}Select login method:`,
        `${EDGE}Paste code here if prompted`,
      ],
      prompt: [`${EDGE}Do you want to [^?]{1,200}\\?`],
    },
    loginHelp:
      'Open its terminal and run /login, or give it the variable ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN as a secret.',
  },
  codex: {
    patterns: {
      login: [
        `${EDGE}Not (?:logged|signed) in(?:$|\\. Please run 'codex login')`,
        `${EDGE}Sign in with ChatGPT to use Codex`,
        `${EDGE}Your access token could not be refreshed\\b`,
        'unexpected status 401 Unauthorized',
        '^(?:ERROR: )?Missing environment variable: `?OPENAI_API_KEY\\b',
      ],
      prompt: [`${EDGE}Would you like to (?:run|make) [^?]{1,200}\\?`],
    },
    loginHelp:
      'Open its terminal and run "codex login --device-auth", or give it the variable OPENAI_API_KEY as a secret.',
  },
  gemini: {
    patterns: {
      login: [
        `${EDGE}Please set an Auth method in your `,
        `${EDGE}How would you like to authenticate for this project\\?`,
        `${EDGE}Waiting for authentication\\.\\.\\.`,
        `${EDGE}When using Gemini API, you must specify the GEMINI_API_KEY`,
        `${EDGE}Failed to sign in\\. Message:`,
      ],
      prompt: [`${EDGE}(?:Apply this change|Allow execution)[^?]{0,200}\\?`],
    },
    loginHelp:
      'Open its terminal and choose how to sign in, or give it the variable GEMINI_API_KEY as a secret.',
  },
  aider: {
    patterns: {
      login: [
        `${EDGE}No LLM model was specified and no API keys were provided`,
        `${EDGE}[A-Z][A-Z0-9_]{2,60}_API_KEY: Not set`,
        `${EDGE}The API provider is not able to authenticate you`,
        `${EDGE}(?:litellm\\.)?AuthenticationError:`,
      ],
      prompt: ['\\(Y\\)es/\\(N\\)o(?:/[^\\[]{1,60})? \\[\\w+\\]:'],
    },
    loginHelp: 'Give it the key of your model as a secret, such as ANTHROPIC_API_KEY or OPENAI_API_KEY.',
  },
} as const satisfies Record<string, Known>;
