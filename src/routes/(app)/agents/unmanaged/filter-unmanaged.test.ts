import { expect, it } from 'vitest';
import type { UnmanagedView } from '#lib/protocol/views.ts';
import { filterUnmanaged } from './filter-unmanaged.ts';

const container = (name: string, ports: readonly string[] = []): UnmanagedView => ({
  id: name,
  name,
  host: 'local',
  image: 'nginx:1',
  command: '',
  status: 'running',
  statusText: 'Up 3 hours',
  createdAt: '2026-11-21T09:00:00Z',
  ports,
  networks: [],
  ofAnotherInstance: false,
});

it('finds containers by any of their words', () => {
  const all = [container('web', ['0.0.0.0:8080->80/tcp']), container('db')];
  const names = (typed: string) => filterUnmanaged(all, typed).map((each) => each.name);
  expect([names(''), names('8080'), names(' NGINX '), names('nothing')]).toEqual([
    ['web', 'db'],
    ['web'],
    ['web', 'db'],
    [],
  ]);
});
