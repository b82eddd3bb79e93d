import { beforeEach, describe, expect, it } from 'vitest';
import { SHIPPED_TYPES, type AgentType, type TypeSource } from '#lib/domain/agent-types.ts';
import { newId, type AgentId } from '#lib/domain/ids.ts';
import { LoginNeeds } from './login-needs.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const ROW = { id: newId<AgentId>(), type: 'claude', containerId: 'c1' };
const SAYING = 'Not logged in · Please run /login';

let needs: LoginNeeds;
let told: AgentId[];
let lastEnd: number | null;
let seq = 0;
beforeEach(() => {
  told = [];
  lastEnd = null;
  needs = new LoginNeeds(
    SHIPPED_TYPES,
    () => lastEnd,
    (id) => told.push(id),
  );
});

const line = (text: string, at = START + 1_000) => ({
  seq: (seq += 1),
  time: new Date(at).toISOString(),
  stream: 'stdout' as const,
  text,
});
const say = (...texts: readonly string[]) => {
  needs.see(
    ROW,
    texts.map((text) => line(text)),
  );
};

describe('an agent whose output says that it has no login', () => {
  it('needs one, with the line and what to do', () => {
    say('hello', SAYING);
    expect(needs.of(ROW)).toEqual({ line: SAYING, help: SHIPPED_TYPES.get('claude')?.loginHelp });
    expect(told).toEqual([ROW.id]);
  });

  it('is known through terminal codes and words that are placed by the cursor', () => {
    say('\u001b[31mNot\u001b[5Glogged\u001b[12Gin\u001b[0m · \u001b[1mPlease run /login\u001b[22m\r');
    expect(needs.of(ROW)?.line).toBe(SAYING);
  });

  it('is told of once, however often it says so', () => {
    say(SAYING);
    say(SAYING, SAYING);
    expect(told).toHaveLength(1);
  });

  it('needs none any more when its output has moved on by 20 lines', () => {
    say(SAYING);
    say(...Array.from({ length: 19 }, (_, index) => `line ${index}`), '', '  ');
    expect(needs.of(ROW)).not.toBeNull();
    say('one more');
    expect(needs.of(ROW)).toBeNull();
    expect(told).toHaveLength(2);
  });

  it('counts the lines of a flood that are not read', () => {
    say(SAYING);
    say(...Array.from({ length: 500 }, (_, index) => `line ${index}`));
    expect(needs.of(ROW)).toBeNull();
  });

  it('needs none when it is started anew, and what it said before that counts no more', () => {
    say(SAYING);
    lastEnd = START + 60_000;
    expect(needs.of(ROW)).toBeNull();
    needs.see(ROW, [line(SAYING)]);
    expect(needs.of(ROW)).toBeNull();
    expect(told).toHaveLength(1);
    needs.see(ROW, [line(SAYING, START + 61_000)]);
    expect(needs.of(ROW)?.line).toBe(SAYING);
    expect(told).toHaveLength(2);
  });

  it('needs none in another container, until it says so there', () => {
    say(SAYING);
    const moved = { ...ROW, containerId: 'c2' };
    expect(needs.of(moved)).toBeNull();
    needs.see(moved, [line(SAYING)]);
    expect(needs.of(moved)?.line).toBe(SAYING);
  });
});

it('output of a type without patterns is not looked at', () => {
  const shell = { ...ROW, type: 'shell' };
  needs.see(shell, [line(SAYING)]);
  expect(needs.of(shell)).toBeNull();
});

it('a type that was changed is asked for its new patterns', () => {
  let login: readonly string[] = ['^one$'];
  const types: TypeSource = {
    ...SHIPPED_TYPES,
    get: () => changed(login),
  };
  const watching = new LoginNeeds(
    types,
    () => null,
    () => undefined,
  );
  watching.see(ROW, [line('two')]);
  expect(watching.of(ROW)).toBeNull();
  login = ['^two$'];
  watching.see(ROW, [line('two')]);
  expect(watching.of(ROW)?.line).toBe('two');
});

function changed(login: readonly string[]): AgentType | undefined {
  const type = SHIPPED_TYPES.get('claude');
  return type && { ...type, patterns: { login, prompt: [] } };
}
