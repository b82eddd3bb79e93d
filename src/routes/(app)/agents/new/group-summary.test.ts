import { expect, it } from 'vitest';
import type { Fields, GroupName } from './fields.ts';
import { summaryOf } from './group-summary.ts';

it.each<[GroupName, Fields, string]>([
  ['files', { volumes: 'a:/a\nb:/b\n\nc:/c', devices: '/dev/kvm' }, '3 volumes, 1 device'],
  ['network', { ports: '80:80' }, '1 port'],
  ['environment', { env: 'A=1\nB=2' }, '2 variables'],
  ['rules', { restart: 'always', ttl: '0' }, 'restart always, any age'],
  ['security', { profile: 'hardened', hostPid: 'on' }, "hardened, the host's processes"],
  ['image', { tty: 'off', user: 'node' }, 'as node, no terminal'],
  ['startArgs', { startArgs: '--init\n--cpus 2' }, '3 words'],
  ['limits', {}, ''],
])('%s', (group, fields, summary) => {
  expect(summaryOf(group, fields)).toBe(summary);
});
