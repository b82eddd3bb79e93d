import { describe, expect, it } from 'vitest';
import { anAgent } from '#lib/components/agents/testing.ts';
import { readFilter } from './list-filter.ts';
import { WINDOW_ROWS, windowOf } from './list-window.ts';

const filter = (query = '') => readFilter(new URLSearchParams(query));
const pad = (n: number) => String(n).padStart(3, '0');
/** `n` agents `a-001`, …; every fifth is stopped, every second of type claude. */
const agents = (n: number) =>
  Array.from({ length: n }, (_, at) =>
    anAgent({
      id: `id-${pad(at + 1)}`,
      name: `a-${pad(at + 1)}`,
      type: at % 2 === 0 ? 'claude' : 'shell',
      ...((at + 1) % 5 === 0 ? { state: 'stopped', status: 'stopped' } : {}),
    }),
  );
const names = (list: readonly { readonly name: string }[]) => list.map((each) => each.name);

describe('the part of the list that comes with a page', () => {
  it('is all of a short list', () => {
    const window = windowOf(agents(3), {}, filter(), 1);
    expect(names(window.agents)).toEqual(['a-001', 'a-002', 'a-003']);
    expect(window).toMatchObject({ page: 1, pages: 1, summary: { total: 3, shown: 3 } });
  });

  it('is cut in the order that is shown: what runs before what rests', () => {
    const all = agents(40);
    const first = windowOf(all, {}, filter(), 1);
    const second = windowOf(all, {}, filter(), 2);
    expect(first.agents).toHaveLength(WINDOW_ROWS);
    expect(first.agents.every((agent) => agent.state === 'ready')).toBe(true);
    expect(names(second.agents).slice(-8)).toEqual(
      ['005', '010', '015', '020', '025', '030', '035', '040'].map((n) => `a-${n}`),
    );
    expect(new Set(names([...first.agents, ...second.agents])).size).toBe(40);
  });

  it('says how many there are in all, on each tab and in each group', () => {
    const { summary } = windowOf(agents(40), {}, filter('show=ready&group=type'), 1);
    expect(summary).toEqual({
      total: 40,
      shown: 32,
      tabs: { all: 40, need: 0, ready: 32, rest: 8 },
      types: ['claude', 'shell'],
      tags: [],
      groups: { claude: 16, shell: 16 },
    });
  });

  it.each([
    [0, 1],
    [-3, 1],
    [1.5, 1],
    [Number.NaN, 1],
    [99, 2],
  ])('of page %s is the nearest that there is', (asked, given) => {
    expect(windowOf(agents(40), {}, filter(), asked).page).toBe(given);
  });

  it('brings the figures of its own rows only', () => {
    const pulse = {
      cpu: 1,
      memory: 2,
      memoryLimit: null,
      spark: [],
      lastOutput: null,
      lastActivityAt: null,
      idle: null,
    };
    const window = windowOf(agents(40), { 'id-001': pulse, 'id-005': pulse }, filter(), 1);
    expect(Object.keys(window.pulses)).toEqual(['id-001']);
  });
});
