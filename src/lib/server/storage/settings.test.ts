import { describe, expect, it } from 'vitest';
import { newId, type AgentId } from '#lib/domain/ids.ts';
import { aDatabase } from '../testing/database.ts';
import { aHostRow, HOST_ID } from '../testing/rows.ts';
import { SettingsRepository } from './settings.ts';

const make = () => new SettingsRepository(aDatabase().db);

describe('a setting', () => {
  it('is what it was set to last, until it is deleted', () => {
    const settings = make();
    expect(settings.get('instance')).toBeNull();
    settings.set('instance', 'a');
    settings.set('instance', 'b');
    expect(settings.get('instance')).toBe('b');
    settings.delete('instance');
    expect(settings.get('instance')).toBeNull();
  });
});

describe('hosts', () => {
  it('can be changed one by one', () => {
    const settings = make();
    settings.insertHost(aHostRow({ id: newId(), name: 'far', kind: 'ssh' }));
    settings.updateHost(HOST_ID, { address: 'unix:///other.sock', engineId: 'E1' });
    expect(settings.hosts().map(({ name, address, engineId }) => [name, address, engineId])).toEqual([
      ['local', 'unix:///other.sock', 'E1'],
      ['far', 'unix:///fake.sock', null],
    ]);
  });

  it('have different names', () => {
    expect(() => make().insertHost(aHostRow({ id: newId() }))).toThrow(/UNIQUE/);
  });
});

describe('idempotency keys', () => {
  it('are remembered once, and forgotten when they are old', () => {
    const settings = make();
    const row = (key: string, createdAt: number) => ({
      key,
      requestHash: 'h',
      agentId: newId<AgentId>(),
      createdAt,
    });
    const [old, young] = [row('old', 10), row('young', 20)];
    settings.rememberIdempotent(old);
    settings.rememberIdempotent(young);
    expect(() => settings.rememberIdempotent(row('old', 30))).toThrow(/UNIQUE/);
    settings.forgetIdempotentBefore(20);
    expect(settings.idempotent('old')).toBeUndefined();
    expect(settings.idempotent('young')).toEqual(young);
  });
});
