import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Live } from '#lib/live/live.svelte.ts';
import { BulkRun } from './bulk-run.svelte.ts';

const good = { id: 'a', name: 'a', ok: true, status: 'ready', error: null };
const refused = { code: 'CONFLICT', message: 'b cannot stop now: it is stopped', hint: '' };
const bad = { id: 'b', name: 'b', ok: false, status: 'stopped', error: refused };

let sent: Record<string, unknown>[] = [];

function answering(...answers: readonly unknown[]) {
  const left = [...answers];
  vi.stubGlobal('fetch', (_path: string, request: { body: string }) => {
    sent.push(JSON.parse(request.body) as Record<string, unknown>);
    return Promise.resolve(Response.json(left.shift()));
  });
}

const make = () => {
  const live = new Live({ seq: 0, hosts: [], counts: { agents: 0, attention: 0 } });
  return { live, run: new BulkRun(live) };
};

beforeEach(() => {
  sent = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a verb on many agents', () => {
  it('goes on by itself when all can', async () => {
    answering({ dryRun: true, results: [good], failed: 0 }, { dryRun: false, results: [good], failed: 0 });
    const { run } = make();
    await run.ask('restart', ['a']);
    await vi.waitFor(() => expect(run.phase).toMatchObject({ kind: 'done', good: 1, bad: [] }));
    expect(sent).toEqual([
      { verb: 'restart', agents: ['a'], input: {}, dryRun: true },
      { verb: 'restart', agents: ['a'], input: {} },
    ]);
  });

  it('shows which cannot before anything is done', async () => {
    answering({ dryRun: true, results: [good, bad], failed: 1 });
    const { run } = make();
    await run.ask('restart', ['a', 'b']);
    expect(run.phase).toEqual({ kind: 'preview', verb: 'restart', good: [good], bad: [bad] });
    expect(sent).toHaveLength(1);
  });

  it('counts a removal down, and sends nothing when it is taken back', async () => {
    answering({ dryRun: true, results: [good], failed: 0 });
    const { run } = make();
    await run.ask('remove', ['a']);
    expect(run.phase).toMatchObject({ kind: 'waiting', ids: ['a'] });
    run.clear();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(run.phase).toEqual({ kind: 'idle' });
    expect(sent).toHaveLength(1);
  });

  it('leaves what failed at its row', async () => {
    answering({ dryRun: false, results: [good, bad], failed: 1 });
    const { live, run } = make();
    run.begin('stop', ['a', 'b']);
    await vi.advanceTimersByTimeAsync(4_000);
    await vi.waitFor(() => expect(run.phase).toMatchObject({ kind: 'done', good: 1, bad: [bad] }));
    expect(live.problems).toEqual({ b: refused });
    expect(live.pending).toEqual({});
  });

  it('says when the whole call was refused', async () => {
    answering({});
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ error: refused }, { status: 409 })));
    const { run } = make();
    await run.ask('pause', ['a']);
    expect(run.phase).toEqual({ kind: 'refused', verb: 'pause', problem: refused });
  });
});
