import { describe, expect, it } from 'vitest';
import { spark, SPARK_HEIGHT, SPARK_WIDTH } from './spark.ts';

describe('spark', () => {
  it('is empty when nothing was measured', () => {
    expect(spark([]).line).toBe('');
    expect(spark([null, null]).line).toBe('');
  });

  it('begins anew after a gap', () => {
    expect(spark([1, 2, null, 3, 4]).line.match(/M/g)).toHaveLength(2);
  });

  it('stays inside its box whatever the values', () => {
    const { line, x, y } = spark([0, 400, 12, 0.3, 1e6]);
    const numbers = [...line.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(
      ([, a, b]) => [Number(a), Number(b)] as const,
    );
    for (const [a, b] of [...numbers, [x, y] as const]) {
      expect(a).toBeGreaterThanOrEqual(0);
      expect(a).toBeLessThanOrEqual(SPARK_WIDTH);
      expect(b).toBeGreaterThanOrEqual(0);
      expect(b).toBeLessThanOrEqual(SPARK_HEIGHT);
    }
  });

  it('keeps a quiet agent flat: one percent is no mountain', () => {
    const ys = [...spark([1, 0, 1, 0]).line.matchAll(/ ([\d.]+)/g)].map(([, y]) => Number(y));
    expect(Math.max(...ys) - Math.min(...ys)).toBeLessThan(1);
  });
});
