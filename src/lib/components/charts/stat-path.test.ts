import { describe, expect, it } from 'vitest';
import { CHART_HEIGHT, scaleTop, statPaths } from './stat-path.ts';

describe('the first paint of a chart', () => {
  it('draws nothing without points', () => {
    expect(statPaths([], null)).toEqual({ line: '', area: '', limitY: null });
  });

  it('goes from edge to edge', () => {
    const { line } = statPaths(
      [
        { at: 0, value: 1 },
        { at: 10, value: 2 },
      ],
      null,
    );
    expect(line).toMatch(/^M0 .*L1000 /);
  });

  it('closes its area at each gap', () => {
    const points = [1, 2, null, 3, 4].map((value, i) => ({ at: i, value }));
    expect(statPaths(points, null).area.match(/Z/g)).toHaveLength(2);
  });

  it('leaves room above the limit, and more when it is passed', () => {
    expect(scaleTop([{ at: 0, value: 10 }], 100)).toBeCloseTo(110);
    expect(scaleTop([{ at: 0, value: 400 }], 100)).toBe(400);
    expect(scaleTop([], null)).toBe(1);
    expect(statPaths([{ at: 0, value: 10 }], 100).limitY).toBeLessThan(CHART_HEIGHT / 4);
  });
});
