import { describe, expect, it } from 'vitest';
import {
  AGENT_COMMANDS,
  AGENT_STATES,
  LIVE_STATES,
  WORKING_STATES,
  advance,
  can,
  isLive,
  isOwnEnd,
  observe,
  type AgentState,
  type EndedBy,
  type Observation,
} from './agent-state.ts';

/** Which command makes sense in which state, drawn as the page draws its buttons. `x`: yes. */
const COMMANDS = `
              start  stop  restart  pause  resume  kill  remove  snapshot  rename  update  recreate  cancel
  queued      .      .     .        .      .       .     x       .         .       .       .         x
  preparing   .      .     .        .      .       .     x       .         .       .       .         x
  creating    .      .     .        .      .       .     x       .         .       .       .         x
  starting    .      .     .        .      .       x     x       .         .       .       .         x
  ready       .      x     x        x      .       x     x       x         x       x       x         .
  stopping    .      .     .        .      .       x     x       .         .       .       .         x
  stopped     x      .     .        .      .       .     x       x         x       x       x         .
  removing    .      .     .        .      .       .     .       .         .       .       .         x
  removed     .      .     .        .      .       .     .       .         .       .       .         .
  paused      .      x     .        .      x       x     x       x         x       x       .         .
  restarting  .      x     .        .      .       x     x       .         .       x       .         .
  failed      x      x     .        .      .       .     x       x         x       x       x         .
  crashed     x      .     .        .      .       .     x       x         x       x       x         .
  exited      x      .     .        .      .       .     x       x         x       x       x         .
`;

/**
 * What each report of the engine makes of each state, as `state` or `state:reason`; `-` is nothing new.
 * `again` and `againOom` are the restart policy, after an end with code 3 or by memory that was heard; `restarting` is it without one.
 * Ends: crash is code 3 by itself, zero is 0 by itself, oom is 137 for memory, then by whom.
 */
const OBSERVATIONS = `
              started         running         paused           restarting           again               againOom        crash            zero           oom          slipway  external          host                  gone
  queued      -               -               -                -                    -                   -               -                -              -            -        -                 -                     -
  preparing   -               -               -                -                    -                   -               -                -              -            -        -                 -                     -
  creating    -               -               -                -                    -                   -               -                -              -            -        -                 -                     -
  starting    -               -               -                -                    -                   -               crashed:crash_3  exited:exit_0  crashed:oom  stopped  stopped:external  stopped:host_restart  removed:external
  ready       -               -               paused:external  restarting:external  restarting:crash_3  restarting:oom  crashed:crash_3  exited:exit_0  crashed:oom  stopped  stopped:external  stopped:host_restart  removed:external
  stopping    -               -               -                -                    -                   -               stopped          stopped        stopped      stopped  stopped           stopped               removed:external
  stopped     ready:external  ready:external  paused:external  restarting:external  restarting:crash_3  restarting:oom  -                -              -            -        -                 -                     removed:external
  removing    -               -               -                -                    -                   -               -                -              -            -        -                 -                     removed
  removed     -               -               -                -                    -                   -               -                -              -            -        -                 -                     -
  paused      ready:external  ready:external  -                restarting:external  restarting:crash_3  restarting:oom  crashed:crash_3  exited:exit_0  crashed:oom  stopped  stopped:external  stopped:host_restart  removed:external
  restarting  ready           ready           paused:external  -                    -                   -               crashed:crash_3  exited:exit_0  crashed:oom  -        stopped:external  stopped:host_restart  removed:external
  failed      ready:external  -               -                -                    -                   -               -                -              -            -        -                 -                     removed:external
  crashed     ready:external  ready:external  paused:external  restarting:external  restarting:crash_3  restarting:oom  -                -              -            -        -                 -                     removed:external
  exited      ready:external  ready:external  paused:external  restarting:external  restarting:crash_3  restarting:oom  -                -              -            -        -                 -                     removed:external
`;

const ended = (exitCode: number, by: EndedBy, oomKilled = false): Observation => ({
  kind: 'exited',
  exitCode,
  oomKilled,
  by,
});
const SEEN: Readonly<Record<string, Observation>> = {
  started: { kind: 'started' },
  running: { kind: 'running' },
  paused: { kind: 'paused' },
  restarting: { kind: 'restarting' },
  again: { kind: 'restarting', exitCode: 3 },
  againOom: { kind: 'restarting', exitCode: 137, oomKilled: true },
  crash: ended(3, 'itself'),
  zero: ended(0, 'itself'),
  oom: ended(137, 'itself', true),
  slipway: ended(143, 'slipway'),
  external: ended(137, 'external'),
  host: ended(255, 'host restart'),
  gone: { kind: 'gone' },
};

interface Cell {
  readonly state: AgentState;
  readonly column: string;
  readonly value: string;
}

/** Reads a drawn table. Throws when it does not have every state once. */
function cells(table: string): Cell[] {
  const [head = [], ...rows] = table
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  expect(rows.map(([state]) => state)).toEqual([...AGENT_STATES]);
  return rows.flatMap(([name, ...values]) => {
    const state = AGENT_STATES.find((each) => each === name);
    expect(values).toHaveLength(head.length);
    return state === undefined ? [] : values.map((value, at) => ({ state, column: head[at] ?? '', value }));
  });
}

describe('commands', () => {
  it('each command in each state is allowed or not as drawn', () => {
    const drawn = cells(COMMANDS);
    expect(drawn).toHaveLength(AGENT_STATES.length * AGENT_COMMANDS.length);
    for (const { state, column, value } of drawn) {
      const command = AGENT_COMMANDS.find((each) => each === column);
      expect(command, column).toBeDefined();
      if (command !== undefined) expect(can(state, command), `${command} in ${state}`).toBe(value === 'x');
    }
  });

  it('only an agent that is gone, or about to be, cannot be removed', () => {
    expect(AGENT_STATES.filter((state) => !can(state, 'remove'))).toEqual(['removing', 'removed']);
  });

  it('no live agent can be started, and none that has ended can be killed', () => {
    for (const state of AGENT_STATES) {
      expect(isLive(state) && can(state, 'start')).toBe(false);
      expect(can(state, 'kill')).toBe(isLive(state));
    }
  });
});

describe('observations', () => {
  it('each report in each state leads where it is drawn', () => {
    const drawn = cells(OBSERVATIONS);
    expect(drawn).toHaveLength(AGENT_STATES.length * Object.keys(SEEN).length);
    for (const { state, column, value } of drawn) {
      const seen = SEEN[column];
      expect(seen, column).toBeDefined();
      if (seen === undefined) continue;
      const [to, reason = null] = value.split(':');
      const expected = value === '-' ? null : { to, reason: reason?.replace('_', ' ') ?? null };
      expect(observe(state, seen), `${column} in ${state}`).toEqual(expected);
    }
  });

  it('a report that comes twice is news only once', () => {
    for (const state of AGENT_STATES) {
      for (const [name, seen] of Object.entries(SEEN)) {
        const first = observe(state, seen);
        if (first !== null) expect(observe(first.to, seen), `${name} twice in ${state}`).toBeNull();
      }
    }
  });

  it('code 137 alone is no death by memory, and an end with 0 is none either', () => {
    expect(observe('ready', ended(137, 'itself'))).toEqual({ to: 'crashed', reason: 'crash 137' });
    expect(observe('ready', ended(0, 'itself', true))).toEqual({ to: 'exited', reason: 'exit 0' });
  });

  it("a child's death by memory with another code is told as one", () => {
    expect(observe('ready', ended(1, 'itself', true))).toEqual({ to: 'crashed', reason: 'oom' });
  });

  it('a restart policy that starts it again keeps the end that came before as the reason', () => {
    const restarts = (exitCode: number) => observe('ready', { kind: 'restarting', exitCode });
    expect(restarts(0)).toEqual({ to: 'restarting', reason: 'exit 0' });
    expect(restarts(137)).toEqual({ to: 'restarting', reason: 'crash 137' });
    expect(observe('restarting', { kind: 'started' })).toEqual({ to: 'ready', reason: null });
  });

  it('an own end is told from one that somebody wanted', () => {
    for (const reason of ['crash 3', 'crash 137', 'exit 0', 'oom']) expect(isOwnEnd(reason)).toBe(true);
    for (const reason of [null, 'external', 'host restart', 'idle', 'ttl', 'operator crash 3'])
      expect(isOwnEnd(reason)).toBe(false);
  });

  it('who ended it counts more than how', () => {
    expect(observe('ready', ended(0, 'external'))).toEqual({ to: 'stopped', reason: 'external' });
    expect(observe('ready', ended(137, 'slipway', true))).toEqual({ to: 'stopped', reason: null });
  });
});

describe('our own steps', () => {
  it('a spawn goes from queued to ready, a stop to stopping, a removal to removed', () => {
    const spawn = ['queued', 'preparing', 'creating', 'starting', 'ready'] as const;
    const removal = ['ready', 'stopping', 'removing', 'removed'] as const;
    for (const path of [spawn, removal]) {
      path.reduce<AgentState | null>((from, to) => (from === null ? to : advance(from, to)), null);
    }
  });

  it('a spawn can fail or be given up at each of its steps', () => {
    for (const state of ['queued', 'preparing', 'creating', 'starting'] as const) {
      expect(advance(state, 'failed')).toBe('failed');
      expect(advance(state, 'removing')).toBe('removing');
    }
  });

  it('a stop or a removal that is taken back leads to what it was', () => {
    for (const state of ['ready', 'paused', 'restarting', 'failed'] as const) {
      expect(advance('stopping', state)).toBe(state);
      expect(advance('removing', state)).toBe(state);
    }
    for (const state of ['stopping', 'stopped', 'crashed', 'exited'] as const)
      expect(advance('removing', state)).toBe(state);
  });

  it('a step that is not in the table throws, and names both states', () => {
    expect(() => advance('removed', 'ready')).toThrow('removed -> ready');
    expect(() => advance('queued', 'ready')).toThrow('queued -> ready');
  });

  it('no step leads to where it came from, and out of removed only a start from a snapshot', () => {
    for (const state of AGENT_STATES) {
      expect(() => advance(state, state)).toThrow();
      if (state !== 'queued') expect(() => advance('removed', state)).toThrow();
    }
    expect(advance('removed', 'queued')).toBe('queued');
  });
});

describe('groups of states', () => {
  it('working states are those that a restart of Slipway takes up again, live ones have a process', () => {
    expect(AGENT_STATES.filter((state) => isLive(state))).toEqual([...LIVE_STATES].sort(inOrder));
    for (const state of ['stopped', 'removed', 'failed', 'crashed', 'exited', 'ready', 'paused'] as const) {
      expect(WORKING_STATES).not.toContain(state);
    }
  });
});

function inOrder(left: AgentState, right: AgentState): number {
  return AGENT_STATES.indexOf(left) - AGENT_STATES.indexOf(right);
}
