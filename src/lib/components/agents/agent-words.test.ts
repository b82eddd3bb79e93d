import { describe, expect, it } from 'vitest';
import { AGENT_STATES } from '#lib/domain/agent-state.ts';
import { ATTENTION_KINDS, type ProgressView } from '#lib/protocol/views.ts';
import { causeOf, reasonWords, sayState, shortReason, whyWords } from './agent-words.ts';
import { anAgent, aPulse, NOW } from './testing.ts';

const progress = (step: string, percent: number | null): ProgressView => ({
  operationId: 'o',
  agentId: 'a1',
  step,
  percent,
  text: '',
});
const word = (...said: Parameters<typeof sayState>) => sayState(...said).word;

describe('sayState', () => {
  it('has a shape, a tone and a word for every state', () => {
    for (const state of AGENT_STATES) {
      const said = sayState(anAgent({ state }), NOW);
      expect(said.word, state).not.toBe('');
      expect(said.shape, state).toBeTruthy();
    }
  });

  it('says what an agent asks for instead of that it is ready', () => {
    for (const attention of ATTENTION_KINDS) {
      const said = sayState(anAgent({ attention }), NOW);
      if (attention !== 'crashed' && attention !== 'failed') expect(said.tone, attention).toBe('need');
    }
    expect(word(anAgent({ attention: 'waiting_input' }), NOW)).toBe('Waiting for input');
  });

  it('puts the number where the word is when a limit is near', () => {
    const pulse = aPulse({ memory: 93, memoryLimit: 100 });
    expect(word(anAgent({ attention: 'limit' }), NOW, undefined, pulse)).toBe('Memory 93 %');
    expect(word(anAgent({ attention: 'limit' }), NOW)).toBe('Near a limit');
  });

  it('counts down while it stops, and says when time is over', () => {
    const stopping = anAgent({ state: 'stopping', stopDeadline: '2026-11-21T09:42:14Z' });
    expect(word(stopping, NOW)).toBe('Stopping, 7 s');
    expect(word(stopping, NOW + 8_000)).toBe('Stopping, killing');
    expect(word(anAgent({ state: 'stopping' }), NOW)).toBe('Stopping');
  });

  it('names the step and how far it is while it works', () => {
    const preparing = anAgent({ state: 'preparing' });
    expect(word(preparing, NOW)).toBe('Preparing');
    expect(word(preparing, NOW, progress('pull', 62.4))).toBe('Pulling 62 %');
    expect(word(preparing, NOW, progress('network', null))).toBe('Making the network');
    expect(word(preparing, NOW, progress('unheard of', null))).toBe('Preparing');
  });

  it('gives the code of a crash, and says when memory was the cause', () => {
    expect(word(anAgent({ state: 'crashed', exitCode: 3, reason: 'crash 3' }), NOW)).toBe('Crashed 3');
    expect(word(anAgent({ state: 'crashed', exitCode: 137, reason: 'oom' }), NOW)).toBe('Crashed 137, OOM');
  });

  it('says why an agent stopped', () => {
    const reasons = ['idle', 'operator ada', 'external', 'host restart', 'something new', null];
    expect(reasons.map((reason) => word(anAgent({ state: 'stopped', reason }), NOW))).toEqual([
      'Stopped, idle',
      'Stopped by ada',
      'Stopped from outside',
      'Stopped, host restarted',
      'Stopped, something new',
      'Stopped',
    ]);
  });

  it('says what an agent was before its host went away, whatever it asked for', () => {
    const said = sayState(anAgent({ status: 'unreachable', attention: 'waiting_input' }), NOW);
    expect(said).toEqual({ tone: 'rest', shape: 'lost', word: 'Unreachable, was ready' });
  });
});

describe('a restart by policy and a removal', () => {
  it('names the end that a restart policy answers', () => {
    const after = (reason: string) => word(anAgent({ state: 'restarting', reason }), NOW);
    expect([after('crash 3'), after('oom'), after('operator ada')]).toEqual([
      'Restarting after crash 3',
      'Restarting after OOM',
      'Restarting',
    ]);
    expect(whyWords(anAgent({ state: 'restarting', reason: 'crash 3' }))).toBe(
      'after crash 3, by its restart policy',
    );
  });

  it('counts a removal down while it can be taken back', () => {
    const removing = anAgent({ state: 'removing', stopDeadline: '2026-11-21T09:42:17Z' });
    expect(word(removing, NOW)).toBe('Removing, 10 s');
    expect(word(removing, NOW + 11_000)).toBe('Removing');
    expect(word(anAgent({ state: 'removing' }), NOW)).toBe('Removing');
  });

  it('says in the list that an idle agent is about to be stopped', () => {
    const idle = {
      mode: 'io',
      timeout: 800,
      stopsAt: '2026-11-21T09:45:08Z',
      because: 'idle',
      lastActivity: null,
      keepAliveUntil: null,
    } as const;
    expect(word(anAgent(), NOW, undefined, aPulse({ idle }))).toBe('Ready, stops in 3 min');
    expect(word(anAgent(), NOW - 600_000, undefined, aPulse({ idle }))).toBe('Ready');
    expect(word(anAgent(), 0, undefined, aPulse({ idle }))).toBe('Ready');
  });
});

describe('reasonWords', () => {
  it('has plain words for every reason of the domain, and passes on what it does not know', () => {
    const reasons = ['operator ada', 'adopted by operator ada', 'crash 3', 'exit 0', 'oom', 'restart policy'];
    expect(reasons.map(reasonWords)).toEqual([
      'by ada',
      'adopted by ada',
      'it ended with code 3',
      'it ended with code 0',
      'it ran out of memory',
      'its restart policy started it again',
    ]);
    expect(reasonWords('something new')).toBe('something new');
    expect(reasonWords(null)).toBeNull();
  });

  it('is shorter in a table', () => {
    expect(['ttl', 'adopted by operator ada', 'operator ada', 'crash 3', null].map(shortReason)).toEqual([
      'age limit',
      'adopted by ada',
      'operator ada',
      'crash 3',
      '',
    ]);
  });
});

describe('causeOf', () => {
  it('gives the message of a failure', () => {
    const error = { code: 'PORT_TAKEN', message: '127.0.0.1:8080 is taken.', hint: '' } as const;
    expect(causeOf(anAgent({ state: 'failed', error }))).toBe('127.0.0.1:8080 is taken.');
  });

  it('explains a code in words', () => {
    expect(causeOf(anAgent({ state: 'crashed', exitCode: 127 }))).toBe(
      'Its main process ended with code 127: the command was not found.',
    );
    expect(causeOf(anAgent({ state: 'crashed', exitCode: 42 }))).toBe('Its main process ended with code 42.');
  });

  it('names the limit that was reached', () => {
    expect(causeOf(anAgent({ state: 'crashed', reason: 'oom', exitCode: 137 }))).toBe(
      'It reached its limit of 512 MiB.',
    );
  });

  it('has nothing to say about an agent that is well', () => {
    expect(causeOf(anAgent())).toBeNull();
  });
});
