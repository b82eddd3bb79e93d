/** Rows for tests: an agent that is ready and quiet, but for what the test says. */
import { PLAIN_SPEC as PLAIN, type AgentSpec } from '#lib/domain/agent-spec.ts';
import { newId, type AgentId, type HostId } from '#lib/domain/ids.ts';
import type { AgentRow } from '../storage/agents.ts';
import type { HostRow } from '../storage/settings.ts';

export const HOST_ID = newId<HostId>(0);

export const PLAIN_SPEC: AgentSpec = {
  ...PLAIN,
  image: 'slipway/starter:latest',
  pull: 'never',
  resources: { ...PLAIN.resources, memory: 512 * 1024 ** 2, cpu: 0.5 },
  networks: ['slipway-agents'],
};

export function aHostRow(but: Partial<HostRow> = {}): HostRow {
  return {
    id: HOST_ID,
    name: 'local',
    kind: 'local',
    address: 'unix:///fake.sock',
    engineId: null,
    createdAt: 0,
    ...but,
  };
}

export function anAgentRow(but: Partial<AgentRow> = {}): AgentRow {
  const now = Date.now();
  return {
    id: newId<AgentId>(),
    name: 'fox',
    type: 'shell',
    hostId: HOST_ID,
    state: 'ready',
    wanted: 'running',
    reason: 'operator ada',
    since: now,
    spec: PLAIN_SPEC,
    containerId: null,
    imageId: null,
    error: null,
    createdBy: 'ada',
    createdAt: now,
    startedAt: null,
    endedAt: null,
    exitCode: null,
    stopDeadline: null,
    lastActivityAt: null,
    notes: '',
    color: null,
    bootedAt: null,
    keepAliveUntil: null,
    adopted: false,
    snapshotId: null,
    ...but,
  };
}
