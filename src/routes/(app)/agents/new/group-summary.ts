/** What is set in a group of the advanced part, in a few words: "3 volumes, 1 port". */
import { c } from '#lib/text/en-create.ts';
import { readFlags, readList, readPairs } from './field-text.ts';
import type { Fields, GroupName } from './fields.ts';
import { SWITCHES } from './spawn-form.ts';

const { sum } = c;

/** Empty: everything is left to the type. */
export function summaryOf(group: GroupName, fields: Fields): string {
  return PARTS[group](fields)
    .filter((part) => part !== '')
    .join(', ');
}

const PARTS: Readonly<Record<GroupName, (fields: Fields) => readonly string[]>> = {
  image: (fields) => [
    fixed(fields.image, sum.image),
    fixed(fields.dockerfile, sum.dockerfile),
    said(fields.pull, (when) => sum.pull(c.pulls[when as keyof typeof c.pulls])),
    fixed(fields.command, sum.command),
    fixed(fields.entrypoint, sum.entrypoint),
    said(fields.workdir, sum.in),
    said(fields.user, sum.as),
    said(fields.hostname, sum.called),
    said(fields.tty, (value) => sum.tty(value === 'on')),
    said(fields.stdin, (value) => sum.stdin(value === 'on')),
  ],
  limits: (fields) => [
    said(fields.pids, sum.pids),
    said(fields.gpus, sum.gpus),
    said(fields.shmSize, sum.shm),
    said(fields.diskQuota, sum.disk),
    number(fields.ulimits, sum.ulimits),
  ],
  environment: (fields) => [
    many(Object.keys(readPairs(fields.env ?? '')).length, sum.env),
    number(fields.secrets, sum.secrets),
  ],
  files: (fields) => [
    number(fields.volumes, sum.volumes),
    number(fields.sharedVolumes, sum.shared),
    number(fields.tmpfs, sum.tmpfs),
    number(fields.devices, sum.devices),
  ],
  network: (fields) => [
    number(fields.networks, sum.networks),
    number(fields.ports, sum.ports),
    number(fields.dns, sum.dns),
    number(fields.extraHosts, sum.extraHosts),
    fixed(fields.ssh, sum.ssh),
  ],
  rules: (fields) => [
    said(fields.readiness, sum.readiness),
    said(fields.readyTimeout, sum.within),
    said(fields.restart, sum.restart),
    said(fields.idle, sum.idle),
    said(fields.idleTimeout, sum.idleFor),
    said(fields.ttl, sum.ttl),
    fixed(fields.beforeStop, sum.beforeStop),
    fixed(fields.beforeRemove, sum.beforeRemove),
    said(fields.snapshotEvery, sum.snapshotEvery),
  ],
  security: (fields) => [
    said(fields.profile, (profile) => profile),
    ...SWITCHES.map((name) => fixed(fields[name], sum.switches[name])),
    said(fields.runtime, sum.runtime),
  ],
  logging: ({ logSize = '', logFiles = '' }) => [
    logSize === '' && logFiles === '' ? '' : sum.logs(logSize, logFiles),
  ],
  labels: (fields) => [
    many(Object.keys(readPairs(fields.tags ?? '')).length, sum.tags),
    said(fields.role, sum.role),
    said(fields.group, sum.group),
    number(fields.capabilities, sum.capabilities),
  ],
  startArgs: (fields) => [many(readFlags(fields.startArgs ?? '').words.length, sum.flags)],
};

function said(value: string | undefined, words: (value: string) => string): string {
  const text = value?.trim() ?? '';
  return text === '' ? '' : words(text);
}

function fixed(value: string | undefined, words: string): string {
  return said(value, () => words);
}

function many(n: number, words: (n: number) => string): string {
  return n === 0 ? '' : words(n);
}

function number(value: string | undefined, words: (n: number) => string): string {
  return many(readList(value ?? '').length, words);
}
