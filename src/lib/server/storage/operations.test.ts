import { expect, it } from 'vitest';
import { newId, type AgentId, type OperationId } from '#lib/domain/ids.ts';
import { aDatabase } from '../testing/database.ts';
import { OperationRepository, type OperationRow } from './operations.ts';

function make() {
  const repository = new OperationRepository(aDatabase().db);
  const add = (but: Partial<OperationRow> = {}): OperationRow => {
    const row: OperationRow = {
      id: newId<OperationId>(),
      kind: 'spawn',
      state: 'running',
      agentId: null,
      agentName: null,
      hostId: null,
      actor: 'operator ada',
      steps: [],
      error: null,
      request: null,
      output: null,
      startedAt: 1,
      endedAt: null,
      ...but,
    };
    repository.insert(row);
    return row;
  };
  return { repository, add };
}

it('keeps steps and error as they are', () => {
  const { repository, add } = make();
  const row = add();
  const steps = [{ name: 'image', state: 'failed', startedAt: 'a', endedAt: 'b', note: 'ü' }] as const;
  const error = {
    code: 'PULL_FAILED',
    message: 'm',
    hint: 'h',
    details: { engine: { status: 500, message: 'e' } },
  } as const;
  repository.update(row.id, { steps, error, state: 'failed', endedAt: 9 });
  expect(repository.byId(row.id)).toEqual({ ...row, steps, error, state: 'failed', endedAt: 9 });
});

it('lists the newest first, all or those of one agent', () => {
  const { repository, add } = make();
  const fox = newId<AgentId>();
  const rows = [
    add({ startedAt: 1, agentId: fox }),
    add({ startedAt: 3 }),
    add({ startedAt: 2, agentId: fox }),
  ];
  expect(repository.list(2).map((row) => row.id)).toEqual([rows[1]?.id, rows[2]?.id]);
  expect(repository.ofAgent(fox, 10).map((row) => row.id)).toEqual([rows[2]?.id, rows[0]?.id]);
});

it('finds those that were cut off', () => {
  const { repository, add } = make();
  add({ state: 'succeeded' });
  const cutOff = add();
  expect(repository.running().map((row) => row.id)).toEqual([cutOff.id]);
  expect(repository.byId('nothing')).toBeUndefined();
});
