import { expect, it } from 'vitest';
import { BUILT_IN_TYPES } from '#lib/domain/agent-types.ts';
import { standardFields } from './standard-fields.ts';

const instance = { memory: 2 * 1024 ** 3, cpu: null, pids: 512, network: 'slipway-agents' };
const of = (name: string) => {
  const type = BUILT_IN_TYPES.find((each) => each.name === name);
  if (type === undefined) throw new Error(name);
  return standardFields(type, instance);
};

it('an empty field means what the type and the instance give', () => {
  expect(of('shell')).toMatchObject({
    image: 'slipway/starter:latest',
    pull: 'never',
    memory: '2g',
    cpu: 'unlimited',
    pids: '512',
    networks: 'slipway-agents',
    idle: 'io',
    idleTimeout: '800',
    readiness: 'auto',
    tty: 'on',
    volumes: '',
    name: '',
  });
});

it('a type without an image has none to show', () => {
  expect(of('custom')).toMatchObject({ image: '', pull: 'missing', idle: 'disabled' });
});
