import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_PATTERNS } from './login-patterns.ts';

/** As the programs print them without a login. */
const SAYINGS = {
  claude: [
    'Not logged in · Please run /login',
    'OAuth token revoked · Please run /login',
    'Login expired · Run /login to sign in again, or re-authenticate your Anthropic profile',
    'API Error: 401 Invalid API key · Please run /login',
    '  ⎿  Not logged in · Run /login',
    ' Select login method:',
    ' Paste code here if prompted >',
  ],
  codex: [
    'Not logged in',
    "Not signed in. Please run 'codex login' to sign in with ChatGPT, then re-run 'codex cloud'.",
    '  Sign in with ChatGPT to use Codex as part of your paid plan',
    'Your access token could not be refreshed. Please log out and sign in again.',
    'ERROR: unexpected status 401 Unauthorized: Missing bearer or basic authentication in header',
    'ERROR: Missing environment variable: `OPENAI_API_KEY`.',
  ],
  gemini: [
    'Please set an Auth method in your /home/agent/.gemini/settings.json or specify one of the following environment variables before running: GEMINI_API_KEY',
    '│ How would you like to authenticate for this project? │',
    '│ ⠏ Waiting for authentication... (Press Esc or Ctrl+C to cancel) │',
    'When using Gemini API, you must specify the GEMINI_API_KEY environment variable.',
    'Failed to sign in. Message: Login required',
  ],
  aider: [
    'No LLM model was specified and no API keys were provided.',
    '- ANTHROPIC_API_KEY: Not set',
    'The API provider is not able to authenticate you. Check your API key.',
    'litellm.AuthenticationError: AnthropicException',
  ],
} as const satisfies Record<keyof typeof BUILT_IN_PATTERNS, readonly string[]>;

/** Talk of logins that is ordinary output of a coding agent. */
const ORDINARY = [
  'I added a test for the page /login and ran it.',
  'POST /login 401 Unauthorized',
  'if (!user) return redirect("/login");',
  'The docs say: run /login when you are not logged in.',
  'grep -rn "API key not found" src',
  '+  throw new Error("Please sign in");',
  'export OPENAI_API_KEY=…',
  '3 tests failed: AuthenticationError is not thrown',
];

const matches = (patterns: readonly string[], line: string) =>
  patterns.some((pattern) => RE2JS.compile(pattern).matcher(line).find());

describe.each(Object.entries(SAYINGS))('the login patterns of %s', (name, sayings) => {
  const { login } = BUILT_IN_PATTERNS[name as keyof typeof SAYINGS].patterns;
  it.each(sayings)('know "%s"', (line) => {
    expect(matches(login, line)).toBe(true);
  });
  it.each(ORDINARY)('let pass "%s"', (line) => {
    expect(matches(login, line)).toBe(false);
  });
});

it('prompt patterns are regular expressions too, and know the question of a program', () => {
  const prompts = Object.values(BUILT_IN_PATTERNS).flatMap((each) => each.patterns.prompt);
  expect(matches(prompts, 'Do you want to make this edit to app.ts?')).toBe(true);
  expect(matches(prompts, 'Add file to the chat? (Y)es/(N)o [Yes]:')).toBe(true);
  expect(matches(prompts, 'done in 3 s')).toBe(false);
});
