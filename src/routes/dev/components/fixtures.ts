/** A fleet at one moment, for the pages of components: every state, long names, missing figures. */
import { allowed, type AgentState } from '#lib/domain/agent-state.ts';
import type { Problem } from '#lib/domain/errors.ts';
import type {
  AgentView,
  AttentionKind,
  HostView,
  OperationView,
  ProgressView,
  Pulse,
} from '#lib/protocol/views.ts';

export const NOW = Date.parse('2026-11-21T09:42:07Z');
const MIB = 1024 ** 2;
const MIN = 60_000;
const before = (ms: number) => new Date(NOW - ms).toISOString();

interface Sketch {
  name: string;
  type: string;
  host?: string;
  state?: AgentState;
  attention?: AttentionKind;
  reason?: string;
  exitCode?: number;
  error?: Problem;
  unreachable?: true;
  cpu?: number;
  wave?: number;
  memory?: number;
  limit?: number | null;
  output?: string;
  active: number;
  up?: number;
  stopIn?: number;
}

const PORT_TAKEN: Problem = {
  code: 'PORT_TAKEN',
  message: '127.0.0.1:8080 on nuc-2 is held by container grafana (unmanaged). 8081 is free.',
  hint: 'Choose another host port, or leave it out to get a free one.',
  details: {
    step: 'start',
    engine: {
      status: 500,
      message: 'driver failed programming external connectivity: port is already allocated',
    },
  },
};

const NEEDS_LOGIN_HELP = 'Open its terminal and sign in, or give it the key as a secret.';

const SKETCHES: readonly Sketch[] = [
  {
    name: 'ember-fox',
    type: 'claude',
    attention: 'waiting_input',
    cpu: 1,
    memory: 388,
    output: 'Do you want to proceed?',
    active: 4 * MIN,
    up: 134 * MIN,
  },
  {
    name: 'quiet-harbor',
    type: 'codex',
    attention: 'needs_login',
    cpu: 0,
    memory: 121,
    output: 'Sign in: open https://auth.example.com/device',
    active: 12 * MIN,
    up: 13 * MIN,
  },
  {
    name: 'brass-otter',
    type: 'claude',
    attention: 'limit',
    cpu: 74,
    wave: 30,
    memory: 1905,
    limit: 2048,
    output: 'Transforming 4,812 modules',
    active: 0,
    up: 360 * MIN,
  },
  {
    name: 'slow-meadow',
    type: 'codex',
    host: 'nuc-2',
    attention: 'stalled',
    cpu: 0,
    memory: 264,
    output: 'Waiting for lock on package cache',
    active: 22 * MIN,
    up: 180 * MIN,
  },
  {
    name: 'cold-lantern',
    type: 'gemini',
    state: 'crashed',
    attention: 'crashed',
    reason: 'oom',
    exitCode: 137,
    output: 'FATAL ERROR: JavaScript heap out of memory',
    active: 31 * MIN,
  },
  {
    name: 'sable-kite',
    type: 'aider',
    host: 'nuc-2',
    state: 'failed',
    attention: 'failed',
    error: PORT_TAKEN,
    active: 38 * MIN,
  },
  { name: 'north-quill', type: 'gemini', state: 'preparing', active: 0 },
  {
    name: 'amber-delta',
    type: 'aider',
    host: 'nuc-2',
    state: 'stopping',
    cpu: 12,
    wave: 6,
    memory: 203,
    output: 'Applied edit to docs/runbook.md',
    active: 0,
    up: 51 * MIN,
    stopIn: 7000,
  },
  {
    name: 'pale-comet',
    type: 'claude',
    cpu: 48,
    wave: 14,
    memory: 402,
    limit: 1024,
    output: 'Edit src/lib/server/engine/reconcile.ts',
    active: 0,
    up: 130 * MIN,
  },
  {
    name: 'tidy-heron',
    type: 'codex',
    cpu: 62,
    wave: 20,
    memory: 611,
    limit: 1024,
    output: 'running 214 tests, 131 passed',
    active: 0,
    up: 250 * MIN,
  },
  {
    name: 'iron-thistle',
    type: 'claude',
    host: 'nuc-2',
    cpu: 22,
    wave: 9,
    memory: 298,
    output: 'Reading 14 files in packages/host-agent',
    active: 8000,
    up: 1500 * MIN,
  },
  {
    name: 'claude-migrate-ledger-07',
    type: 'claude',
    host: 'nuc-2',
    cpu: 15,
    wave: 4,
    memory: 355,
    output: 'I will look at the failing migration first.',
    active: MIN,
    up: 44 * MIN,
  },
  {
    name: 'blue-sparrow',
    type: 'shell',
    host: 'nuc-2',
    cpu: 0,
    memory: 18,
    limit: 256,
    output: '\u001b[32magent@blue-sparrow\u001b[0m:/workspace$',
    active: 6 * MIN,
    up: 540 * MIN,
  },
  {
    name: 'mossy-anvil',
    type: 'custom',
    cpu: 8,
    wave: 3,
    memory: 96,
    limit: null,
    output: 'Wrote 3 tests for the idle rule',
    active: 41_000,
    up: 20 * MIN,
  },
  {
    name: 'glass-beacon',
    type: 'claude',
    state: 'paused',
    cpu: 0,
    memory: 340,
    output: 'budget reached: 2 h of 2 h',
    active: 40 * MIN,
    up: 300 * MIN,
  },
  {
    name: 'fern-cutter',
    type: 'claude',
    state: 'stopped',
    reason: 'idle',
    output: 'All done. 6 files changed, all checks pass.',
    active: 60 * MIN,
  },
  {
    name: 'low-tide',
    type: 'shell',
    host: 'pier-9',
    state: 'exited',
    exitCode: 0,
    output: 'backup written to /data/out.tar',
    active: 180 * MIN,
  },
  {
    name: 'stone-orchid',
    type: 'codex',
    host: 'pier-9',
    state: 'stopped',
    reason: 'operator admin',
    output: 'bye',
    active: 300 * MIN,
  },
  {
    name: 'kind-raven',
    type: 'gemini',
    state: 'crashed',
    reason: 'crash 3',
    exitCode: 3,
    output: 'Error: connect ECONNREFUSED',
    active: 200 * MIN,
  },
  {
    name: 'salt-window',
    type: 'gemini',
    host: 'edge-berlin',
    unreachable: true,
    output: 'indexing repository',
    active: MIN,
    up: 90 * MIN,
  },
];

function view(sketch: Sketch, index: number): AgentView {
  const state = sketch.state ?? 'ready';
  const limit = sketch.limit === undefined ? 512 : sketch.limit;
  return {
    id: `a${index}`,
    name: sketch.name,
    type: sketch.type,
    status: sketch.unreachable ? 'unreachable' : state,
    state,
    wanted: 'running',
    reason: sketch.reason ?? null,
    since: before(sketch.active),
    host: sketch.host ?? 'atlas',
    hostId: sketch.host ?? 'atlas',
    containerId: null,
    image: `slipway/${sketch.type}:2.1`,
    imageId: null,
    role: null,
    capabilities: [],
    tags: index % 3 === 0 ? { team: 'ledger' } : {},
    limits: { memory: limit === null ? null : limit * MIB, cpu: 0.5 },
    createdAt: before(3000 * MIN),
    createdBy: 'admin',
    startedAt:
      state === 'failed' || state === 'preparing' ? null : before(sketch.up ?? sketch.active + 60 * MIN),
    endedAt: null,
    exitCode: sketch.exitCode ?? null,
    error: sketch.error ?? null,
    attention: sketch.attention ?? null,
    login: sketch.attention === 'needs_login' ? { line: sketch.output ?? '', help: NEEDS_LOGIN_HELP } : null,
    stopDeadline: sketch.stopIn === undefined ? null : new Date(NOW + sketch.stopIn).toISOString(),
    notes: '',
    color: null,
    adopted: false,
    snapshotId: null,
    can: allowed[state],
  };
}

function pulse(sketch: Sketch): Pulse {
  const { cpu = null, wave = 0.5 } = sketch;
  const limit = sketch.limit === undefined ? 512 : sketch.limit;
  const spark = Array.from({ length: 30 }, (_, i) =>
    cpu === null
      ? null
      : Math.max(0, cpu + wave * (Math.sin(i * 1.7 + cpu) + Math.sin(i * 0.6)) - (i > 27 ? 0 : wave / 2)),
  );
  return {
    cpu,
    memory: sketch.memory === undefined ? null : sketch.memory * MIB,
    memoryLimit: limit === null ? null : limit * MIB,
    spark,
    lastOutput: sketch.output ?? null,
    lastActivityAt: sketch.state === 'failed' ? null : before(sketch.active),
    idle: null,
  };
}

/** `count` agents: the twenty of the moment, then as many quiet ones as are asked for. */
export function fleet(count: number): { agents: AgentView[]; pulses: Record<string, Pulse> } {
  const sketches = Array.from({ length: count }, (_, i): Sketch => {
    const known = SKETCHES[i];
    if (known !== undefined) return known;
    const from = SKETCHES[8 + (i % 6)] ?? SKETCHES[0];
    return { ...from, name: `agent-${i}`, type: from?.type ?? 'shell', active: (i % 50) * MIN };
  });
  const agents = sketches.map(view);
  return { agents, pulses: Object.fromEntries(sketches.map((sketch, i) => [`a${i}`, pulse(sketch)])) };
}

export const PROGRESS: Readonly<Record<string, ProgressView>> = {
  a6: {
    operationId: 'o1',
    agentId: 'a6',
    step: 'pull',
    percent: 62,
    text: 'a41f2c: 188 of 304 MB, 6 s left',
  },
};

export const PROBLEM: Problem = PORT_TAKEN;

const engine = {
  id: 'x',
  version: '28.5.1',
  apiVersion: '1.51',
  os: 'Debian 12',
  cpus: 16,
  memory: 32 * 1024 * MIB,
  cgroupVersion: '2',
  storageDriver: 'overlay2',
};
export const HOSTS: readonly HostView[] = [
  {
    id: 'edge-berlin',
    name: 'edge-berlin',
    kind: 'tcp',
    address: 'tcp://10.20.0.7:2376',
    state: 'offline',
    since: before(MIN),
    engine: null,
    nextTryAt: new Date(NOW + 12_000).toISOString(),
    error: {
      code: 'HOST_UNREACHABLE',
      message: 'dial tcp 10.20.0.7:2376: i/o timeout',
      hint: 'Check the host and the network between. Slipway keeps trying.',
    },
  },
  {
    id: 'atlas',
    name: 'atlas',
    kind: 'local',
    address: 'unix:///var/run/docker.sock',
    state: 'online',
    since: before(600 * MIN),
    engine,
    nextTryAt: null,
    error: null,
  },
  {
    id: 'nuc-2',
    name: 'nuc-2',
    kind: 'local',
    address: 'unix:///var/run/docker.sock',
    state: 'degraded',
    since: before(600 * MIN),
    engine: { ...engine, cpus: 4, memory: 16 * 1024 * MIB },
    nextTryAt: null,
    error: null,
  },
];

export const OPERATION: OperationView = {
  id: 'o1',
  kind: 'spawn',
  state: 'running',
  agentId: 'a6',
  agentName: 'north-quill',
  host: 'atlas',
  actor: 'admin',
  error: null,
  startedAt: before(9000),
  endedAt: null,
  cancellable: true,
  retryable: false,
  steps: [
    { name: 'validate', state: 'done', startedAt: before(9000), endedAt: before(8990), note: null },
    {
      name: 'image',
      state: 'done',
      startedAt: before(8990),
      endedAt: before(6000),
      note: 'slipway/gemini:0.9, from the registry',
    },
    { name: 'pull', state: 'running', startedAt: before(6000), endedAt: null, note: null },
    { name: 'network', state: 'waiting', startedAt: null, endedAt: null, note: null },
    { name: 'create', state: 'waiting', startedAt: null, endedAt: null, note: null },
    { name: 'start', state: 'skipped', startedAt: null, endedAt: null, note: null },
  ],
};
