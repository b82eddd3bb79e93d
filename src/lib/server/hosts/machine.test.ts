import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeEngine } from '../engine/fake/fake-engine.ts';
import { aFolder } from '../testing/app.ts';
import { busyPercent, coreTime, diskRoom, isSameMachine, memoryRoom } from './machine.ts';

describe('the machine of an engine', () => {
  it('is this one when kernel, cores and memory are the same', async () => {
    const info = await new FakeEngine().info();
    const here = { ...info, kernel: os.release(), cpus: os.cpus().length, memory: os.totalmem() };
    expect(isSameMachine(here)).toBe(true);
    for (const other of [{ kernel: '5.4.0' }, { cpus: here.cpus + 1 }, { memory: here.memory - 4096 }])
      expect(isSameMachine({ ...here, ...other })).toBe(false);
  });
});

it('its cores are busy for a share of the time between two looks', () => {
  expect(busyPercent({ busyMs: 100, totalMs: 1000 }, { busyMs: 350, totalMs: 2000 })).toBe(25);
  expect(busyPercent({ busyMs: 5, totalMs: 10 }, { busyMs: 5, totalMs: 10 })).toBeNull();
  const { busyMs, totalMs } = coreTime();
  expect(totalMs).toBeGreaterThan(busyMs);
});

it('its memory is used in part', () => {
  const { used, total } = memoryRoom();
  expect(used).toBeGreaterThan(0);
  expect(used).toBeLessThan(total);
});

describe('the disk of an engine', () => {
  it('is seen where its own container is', async () => {
    const root = aFolder();
    mkdirSync(path.join(root, 'containers', 'abc'), { recursive: true });
    const room = await diskRoom(root, 'abc');
    expect(room?.used).toBeGreaterThan(0);
    expect(room?.total).toBeGreaterThan(room?.used ?? Infinity);
    expect(await diskRoom(root, null)).toEqual(room);
  });

  it('is not that of a folder with the same name', async () => {
    const root = aFolder();
    expect(await diskRoom(root, null)).toBeNull();
    mkdirSync(path.join(root, 'containers'));
    expect(await diskRoom(root, 'abc')).toBeNull();
    expect(await diskRoom('/nowhere/at/all', null)).toBeNull();
    expect(await diskRoom('', null)).toBeNull();
  });
});
