import { describe, expect, it } from 'vitest';
import { anAgent, aPulse } from '#lib/components/agents/testing.ts';
import { filterAgents, listHref, readFilter, showsAgent, tagsOf, type ListFilter } from './list-filter.ts';

const read = (query = '') => readFilter(new URLSearchParams(query));
const STANDARD: ListFilter = {
  show: 'all',
  q: '',
  type: '',
  host: '',
  tag: '',
  group: 'state',
  sort: 'state',
  view: 'table',
};

describe('the filter in the address', () => {
  it('is the standard one without a query', () => {
    expect(read()).toEqual(STANDARD);
  });

  it('is read word by word', () => {
    expect(
      read('show=need&q=fox+1&type=shell&host=local&tag=team%3Dblue&group=host&sort=cpu&view=cards'),
    ).toEqual({
      show: 'need',
      q: 'fox 1',
      type: 'shell',
      host: 'local',
      tag: 'team=blue',
      group: 'host',
      sort: 'cpu',
      view: 'cards',
    });
  });

  it.each(['show', 'group', 'sort', 'view'])('takes the standard for a %s that it does not know', (name) => {
    expect(read(`${name}=rubbish`)).toEqual(STANDARD);
    expect(read(`${name}=toString`)).toEqual(STANDARD);
  });
});

describe('the address of a filter', () => {
  it('leaves out what is standard', () => {
    expect(listHref(STANDARD, {})).toBe('/agents');
    expect(listHref(STANDARD, { show: 'ready' })).toBe('/agents?show=ready');
    expect(listHref(read('show=ready&q=a'), { show: 'all', q: '' })).toBe('/agents');
  });

  it('keeps what is not changed, and gives the same filter again when it is read', () => {
    const filter = read('q=a b&tag=x=&&sort=name');
    const changed = { ...filter, type: 'shell', q: 'ü & more' };
    const href = listHref(filter, { type: 'shell', q: 'ü & more' });
    expect(readFilter(new URL(href, 'http://127.0.0.1').searchParams)).toEqual(changed);
  });
});

describe('which agents are shown', () => {
  it('by what they need', () => {
    const crashed = anAgent({ state: 'crashed', attention: 'crashed' });
    const ready = anAgent({ state: 'ready' });
    const starting = anAgent({ state: 'starting' });
    const stopped = anAgent({ state: 'stopped' });
    const shows = (show: ListFilter['show']) =>
      [crashed, ready, starting, stopped].map((agent) => showsAgent(show, agent));
    expect(shows('all')).toEqual([true, true, true, true]);
    expect(shows('need')).toEqual([true, false, false, false]);
    expect(shows('ready')).toEqual([false, true, true, false]);
    expect(shows('rest')).toEqual([false, false, false, true]);
  });

  const agents = [
    anAgent({
      id: 'a',
      name: 'Ember-Fox',
      type: 'shell',
      host: 'local',
      image: 'slipway/starter:latest',
      tags: { team: 'blue' },
    }),
    anAgent({
      id: 'b',
      name: 'owl',
      type: 'claude',
      host: 'far',
      image: 'slipway/claude:latest',
      tags: { team: 'red', note: '' },
    }),
  ];
  const shown = (query: string, pulses = {}) =>
    filterAgents(agents, read(query), pulses).map((agent) => agent.id);

  it.each([
    ['', ['a', 'b']],
    ['type=claude', ['b']],
    ['host=local', ['a']],
    ['tag=team%3Dred', ['b']],
    ['tag=team', []],
    ['tag=note%3D', ['b']],
    ['type=claude&host=local', []],
    ['q=FOX', ['a']],
    ['q=%20starter%20', ['a']],
    ['q=team%3Dblue', ['a']],
    ['q=nothing', []],
  ])('by %j: %j', (query, ids) => {
    expect(shown(query)).toEqual(ids);
  });

  it('by their last words', () => {
    expect(shown('q=compiling', { b: aPulse({ lastOutput: 'Compiling 3 files' }), a: aPulse() })).toEqual([
      'b',
    ]);
  });
});

it('tags are read as they are written', () => {
  expect(tagsOf(anAgent({ tags: { team: 'blue', empty: '' } }))).toEqual(['team=blue', 'empty=']);
});
