import { describe, expect, it } from 'vitest';
import { IDLE_MODES, type AgentSpec } from './agent-spec.ts';
import { deadlineOf, IDLE_SOURCES, type IdleTimes } from './idle.ts';

const BOOT = 1_000_000;
const times = (changes: Partial<IdleTimes> = {}): IdleTimes => ({
  bootedAt: BOOT,
  lastActivityAt: null,
  keepAliveUntil: null,
  uncountedMs: 0,
  ...changes,
});
const rule = (mode: AgentSpec['idle']['mode'], ttl: number | null = null) => ({
  idle: { mode, timeout: 60 },
  ttl,
});

describe('when an agent is stopped by itself', () => {
  it.each(IDLE_MODES.filter((mode) => mode !== 'disabled'))(
    'in the mode %s: its timeout after the start, or after the newest activity',
    (mode) => {
      expect(deadlineOf(rule(mode), times())).toEqual({ at: BOOT + 60_000, because: 'idle' });
      expect(deadlineOf(rule(mode), times({ lastActivityAt: BOOT + 5_000 }))?.at).toBe(BOOT + 65_000);
    },
  );

  it('activity of an earlier life does not shorten this one', () => {
    expect(deadlineOf(rule('io'), times({ lastActivityAt: BOOT - 50_000 }))?.at).toBe(BOOT + 60_000);
  });

  it('is never, when idling is disabled and no age is set', () => {
    expect(deadlineOf(rule('disabled'), times({ keepAliveUntil: BOOT }))).toBeNull();
  });

  it('is at its age, also when idling is disabled', () => {
    expect(deadlineOf(rule('disabled', 10), times())).toEqual({ at: BOOT + 10_000, because: 'ttl' });
  });

  it('is at whichever comes first, and the age wins a draw', () => {
    expect(deadlineOf(rule('io', 30), times())).toEqual({ at: BOOT + 30_000, because: 'ttl' });
    expect(deadlineOf(rule('io', 60), times())).toEqual({ at: BOOT + 60_000, because: 'ttl' });
    expect(deadlineOf(rule('io', 90), times())).toEqual({ at: BOOT + 60_000, because: 'idle' });
  });

  it('is put off by "keep alive", but not beyond its age, and never brought forward', () => {
    expect(deadlineOf(rule('io'), times({ keepAliveUntil: BOOT + 500_000 }))?.at).toBe(BOOT + 500_000);
    expect(deadlineOf(rule('io', 120), times({ keepAliveUntil: BOOT + 500_000 }))).toEqual({
      at: BOOT + 120_000,
      because: 'ttl',
    });
    expect(deadlineOf(rule('io'), times({ keepAliveUntil: BOOT + 1_000 }))?.at).toBe(BOOT + 60_000);
  });

  it('time in which the host was away is not counted as idle, but as age', () => {
    const away = times({ lastActivityAt: BOOT + 5_000, uncountedMs: 600_000 });
    expect(deadlineOf(rule('io'), away)?.at).toBe(BOOT + 665_000);
    expect(deadlineOf(rule('io', 100), away)).toEqual({ at: BOOT + 100_000, because: 'ttl' });
  });

  it('each mode listens to what its name says', () => {
    expect(IDLE_SOURCES).toEqual({
      io: ['input', 'output', 'ssh'],
      user: ['input', 'ssh'],
      agent: ['output', 'cpu'],
      ssh: ['ssh'],
      boot: [],
      disabled: [],
    });
  });
});
