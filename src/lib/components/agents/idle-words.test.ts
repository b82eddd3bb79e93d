import { describe, expect, it } from 'vitest';
import type { IdleView } from '#lib/protocol/views.ts';
import { sayIdle } from './idle-words.ts';
import { NOW } from './testing.ts';

const idle = (but: Partial<IdleView> = {}): IdleView => ({
  mode: 'io',
  timeout: 1800,
  stopsAt: new Date(NOW + 29.5 * 60_000).toISOString(),
  because: 'idle',
  lastActivity: { at: new Date(NOW - 30_000).toISOString(), source: 'output' },
  keepAliveUntil: null,
  ...but,
});
const said = (view: IdleView, now = NOW, away = false) => sayIdle(view, now, away, 'UTC');

describe('sayIdle', () => {
  it('says when it stops, what was last, and what counts', () => {
    expect(said(idle())).toEqual({
      short: 'Stops at 10:11, in 29 min, when nothing happens',
      sentences: [
        'Last activity: output at 09:41, 30 s ago.',
        'Input, output and ssh count; our own sampling does not.',
      ],
      near: false,
      canKeep: true,
    });
  });

  it('counts down in the last two minutes and never below zero', () => {
    const view = idle({ stopsAt: new Date(NOW + 80_000).toISOString() });
    expect(said(view)).toMatchObject({ short: 'Stops in 1 min 20 s when nothing happens', near: true });
    expect(said(view, NOW + 90_000).short).toBe('Stops any moment when nothing happens');
  });

  it('names an age limit, which keeping alive does not change', () => {
    expect(said(idle({ because: 'ttl' }))).toMatchObject({
      short: 'Stops at 10:11, in 29 min, because of its age',
      canKeep: false,
    });
  });

  it('does not count while the host is away', () => {
    const view = said(idle({ stopsAt: null, because: null }), NOW, true);
    expect(view.short).toBe('Its host is away: that time does not count as idle');
    expect(view.canKeep).toBe(false);
  });

  it('says until when it is kept alive', () => {
    const keepAliveUntil = new Date(NOW + 600_000).toISOString();
    expect(said(idle({ keepAliveUntil })).sentences).toContain('Kept alive until 09:52.');
  });
});
