import { describe, expect, it } from 'vitest';
import { find, fit, type PaletteItem } from './palette.ts';

const item = (label: string, group: PaletteItem['group'] = 'agents', detail = ''): PaletteItem => ({
  id: `${group}/${label}`,
  group,
  label,
  detail,
});

describe('fit', () => {
  it('prefers a beginning to the beginning of a word, that to a part, the label to the detail', () => {
    const scores = [
      fit(item('harbor'), 'har'),
      fit(item('quiet-harbor'), 'har'),
      fit(item('shard'), 'har'),
      fit(item('fox', 'agents', 'harbor'), 'har'),
    ];
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(new Set(scores).size).toBe(4);
  });

  it('wants every word, in any order and case', () => {
    expect(fit(item('quiet-harbor', 'agents', 'Codex, atlas'), 'ATLAS quiet')).toBeGreaterThan(0);
    expect(fit(item('quiet-harbor', 'agents', 'Codex, atlas'), 'quiet nuc')).toBe(0);
  });
});

describe('find', () => {
  const items = [item('ember-fox'), item('Settings', 'pages'), item('New agent', 'actions')];

  it('shows everything when nothing is typed', () => {
    expect(find(items, '').map((group) => group.group)).toEqual(['agents', 'pages', 'actions']);
  });

  it('leaves out empty groups and puts the best first', () => {
    expect(find(items, 'sett').map((group) => group.group)).toEqual(['pages']);
    expect(find([...items, item('agent-1')], 'new')[0]?.group).toBe('actions');
  });

  it('never shows more than forty', () => {
    const many = Array.from({ length: 500 }, (_, i) => item(`agent-${i}`));
    expect(find(many, 'agent').flatMap((group) => group.items)).toHaveLength(40);
  });
});
