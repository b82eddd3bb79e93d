import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AgentType } from '#lib/domain/agent-types.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { LogLine } from '#lib/protocol/log-line.ts';
import { PromptNeeds } from './prompt-needs.ts';

const TYPE: AgentType = {
  name: 'asker',
  title: 'Asker',
  summary: '',
  image: 'x',
  builtHere: false,
  defaults: {},
  patterns: { login: [], prompt: ['Do you want to [^?]+\\?'] },
  loginHelp: null,
};
const ROW = { id: 'a1' as AgentId, type: 'asker', containerId: 'c1' };

let told: string[] = [];
let ended: number | null = null;
function needs(): PromptNeeds {
  const types = { get: () => TYPE, names: () => ['asker'], list: () => [TYPE] };
  return new PromptNeeds(
    types,
    () => ended,
    (id) => told.push(id),
  );
}
const lines = (...texts: readonly string[]): LogLine[] =>
  texts.map((text, seq) => ({ seq, time: '2026-11-21T10:00:00.000000000Z', stream: 'stdout', text }));

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  ended = null;
});
afterEach(() => vi.useRealTimers());

it('an agent that asks and is quiet waits for an answer', () => {
  const prompts = needs();
  prompts.see(ROW, lines('working', 'Do you want to make this edit?', '1. Yes', '2. No'));
  expect(prompts.of(ROW)).toBeNull();
  vi.advanceTimersByTime(2_000);
  expect(prompts.of(ROW)).toBe('Do you want to make this edit?');
  expect(told).toEqual(['a1']);
});

it('one that prints on after its question does not', () => {
  const prompts = needs();
  prompts.see(ROW, lines('Do you want to go on?'));
  vi.advanceTimersByTime(500);
  prompts.see(ROW, lines('1', '2', '3', '4', '5', '6', '7', '8'));
  vi.advanceTimersByTime(5_000);
  expect(prompts.of(ROW)).toBeNull();
  expect(told).toEqual([]);
});

it('an answer ends it, and so does output', () => {
  const prompts = needs();
  prompts.see(ROW, lines('Do you want to go on?'));
  vi.advanceTimersByTime(2_000);
  prompts.answered(ROW.id);
  expect(prompts.of(ROW)).toBeNull();
  prompts.see(ROW, lines('Do you want to stop?'));
  vi.advanceTimersByTime(2_000);
  prompts.see(ROW, lines('never mind', '2', '3', '4', '5', '6', '7', '8'));
  expect(prompts.of(ROW)).toBeNull();
  expect(told).toHaveLength(4);
});

it('what was asked in an earlier run, or in another container, counts no more', () => {
  const prompts = needs();
  prompts.see(ROW, lines('Do you want to go on?'));
  vi.advanceTimersByTime(2_000);
  expect(prompts.of({ ...ROW, containerId: 'c2' })).toBeNull();
  ended = Date.parse('2026-11-21T11:00:00Z');
  expect(prompts.of(ROW)).toBeNull();
});
