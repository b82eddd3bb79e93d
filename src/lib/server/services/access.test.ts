import { describe, expect, it } from 'vitest';
import { person } from '../testing/world.ts';
import { asReason, asUser, authorize, type Right, type Role } from './access.ts';

/** Written down a second time on purpose: a right that moves to another role must be moved here too. */
const MAY = {
  'agents.see': ['viewer', 'operator', 'admin'],
  'agents.change': ['operator', 'admin'],
  'agents.exec': ['operator', 'admin'],
  'agents.send': ['operator', 'admin'],
  'terminal.open': ['operator', 'admin'],
  'terminal.watch': ['viewer', 'operator', 'admin'],
  'agents.inspect': ['operator', 'admin'],
  'alerts.change': ['admin'],
  'alerts.see': ['viewer', 'operator', 'admin'],
  'archive.change': ['admin'],
  'files.change': ['operator', 'admin'],
  'files.read': ['operator', 'admin'],
  'hosts.change': ['admin'],
  'logs.see': ['viewer', 'operator', 'admin'],
  'metrics.scrape': ['viewer', 'operator', 'admin'],
  'metrics.see': ['viewer', 'operator', 'admin'],
  'ssh.keys': ['viewer', 'operator', 'admin'],
  'containers.adopt': ['admin'],
  'host.prune': ['admin'],
  'builds.change': ['operator', 'admin'],
  'builds.hostContext': ['admin'],
  'hosts.see': ['viewer', 'operator', 'admin'],
  'images.change': ['operator', 'admin'],
  'images.policy': ['admin'],
  'images.see': ['viewer', 'operator', 'admin'],
  'operations.see': ['viewer', 'operator', 'admin'],
  'operations.cancel': ['operator', 'admin'],
  'registries.change': ['admin'],
  'secrets.change': ['admin'],
  'secrets.see': ['operator', 'admin'],
  'secrets.use': ['operator', 'admin'],
  'snapshots.see': ['viewer', 'operator', 'admin'],
  'snapshots.change': ['operator', 'admin'],
  'tokens.own': ['viewer', 'operator', 'admin'],
  'types.change': ['admin'],
  'types.see': ['viewer', 'operator', 'admin'],
} as const satisfies Record<Right, readonly Role[]>;

describe.each(Object.entries(MAY))('the right %s', (right, roles: readonly Role[]) => {
  const asked = right as Right;
  it.each(['viewer', 'operator', 'admin'] as const)('for the role %s', (role) => {
    const actor = person(role);
    if (roles.includes(role)) expect(authorize(actor, asked)).toBe(actor);
    else expect(() => authorize(actor, asked)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });

  it('a stranger does not have', () => {
    expect(() => authorize(null, asked)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });
});

const loop = { kind: 'system', name: 'idle', role: 'admin' } as const;

it('a refusal names the role that is needed and the one that is there', () => {
  expect(() => authorize(person('viewer'), 'agents.change')).toThrow(
    'This needs the role operator; you are viewer',
  );
});

it('a loop is named by itself, a person as an operator', () => {
  expect(asReason(loop)).toBe('idle');
  expect(asReason(person('admin', 'ada'))).toBe('operator ada');
});

it('what only a user has, a loop and a stranger do not', () => {
  expect(asUser(person('viewer', 'ada')).name).toBe('ada');
  expect(() => asUser(loop)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  expect(() => asUser(null)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
});
