import { formatBytes } from '#lib/domain/quantities.ts';

/** Figures of a chart as value and unit. */
export function cpuWords(percent: number): readonly [string, string] {
  return [percent < 10 ? percent.toFixed(1) : String(Math.round(percent)), '% of one core'];
}

export function memoryWords(bytes: number): readonly [string, string] {
  return split(formatBytes(bytes));
}

export function rateWords(bytesPerSecond: number): readonly [string, string] {
  const [value, unit] = split(formatBytes(bytesPerSecond));
  return [value, `${unit}/s`];
}

export function countWords(count: number): readonly [string, string] {
  return [String(count), ''];
}

function split(text: string): readonly [string, string] {
  const [value = text, unit = ''] = text.split(' ');
  return [value, unit];
}
