import { beforeEach, expect, it, vi } from 'vitest';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { EngineRefusal } from '../engine/fake/refusal.ts';
import { Networks } from './networks.ts';

let engine: FakeEngine;
let networks: Networks;
beforeEach(() => {
  engine = new FakeEngine();
  networks = new Networks('agents', 'me');
});
const named = async () => (await engine.listNetworks()).filter(({ name }) => name === 'agents');

it('makes the default network when it is absent, and gives its id', async () => {
  const id = await networks.ensure(engine, ['agents']);
  expect(await named()).toMatchObject([{ id, labels: { 'dev.slipway.instance': 'me' } }]);
});

it('gives no id for what was there before', async () => {
  await engine.createNetwork('agents', {});
  expect(await networks.ensure(engine, ['agents', 'bridge'])).toBeNull();
  expect(await named()).toHaveLength(1);
});

it('does not make any other, and makes nothing at all then', async () => {
  await expect(networks.ensure(engine, ['agents', 'side'])).rejects.toMatchObject({
    code: 'NETWORK_ERROR',
    hint: 'Create it first: docker network create side',
  });
  expect(await named()).toEqual([]);
});

it('makes it once when many ask at the same time; only one of them is told that it made it', async () => {
  const ids = await Promise.all(Array.from({ length: 5 }, () => networks.ensure(engine, ['agents'])));
  expect(ids.filter((id) => id !== null)).toHaveLength(1);
  expect(await named()).toHaveLength(1);
});

it('asks the engine once for what it knows', async () => {
  const list = vi.spyOn(engine, 'listNetworks');
  await networks.ensure(engine, ['agents']);
  await networks.ensure(engine, ['agents']);
  expect(list).toHaveBeenCalledOnce();
});

it('makes it anew after it was forgotten', async () => {
  const id = await networks.ensure(engine, ['agents']);
  await engine.removeNetwork(id ?? '');
  networks.forget(engine);
  expect(await networks.ensure(engine, ['agents'])).not.toBeNull();
  expect(await named()).toHaveLength(1);
});

it('a failed creation is not remembered', async () => {
  engine.failNext('createNetwork', new EngineRefusal(500, 'no'));
  await expect(networks.ensure(engine, ['agents'])).rejects.toThrow('no');
  expect(await networks.ensure(engine, ['agents'])).not.toBeNull();
});
