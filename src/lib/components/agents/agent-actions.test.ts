import { describe, expect, it } from 'vitest';
import { AGENT_STATES, allowed } from '#lib/domain/agent-state.ts';
import { allActions, hrefOf, mainAction, menuLines } from './agent-actions.ts';
import { anAgent } from './testing.ts';

describe('mainAction', () => {
  it('offers only what the state allows', () => {
    for (const state of AGENT_STATES) {
      const command = mainAction(anAgent({ state }))?.command;
      if (command !== undefined) expect(allowed[state], state).toContain(command);
    }
  });

  it('stops what runs, starts what ended, resumes what is paused', () => {
    const of = (state: (typeof AGENT_STATES)[number]) => mainAction(anAgent({ state }))?.command;
    expect([of('ready'), of('stopped'), of('crashed'), of('paused'), of('removed')]).toEqual([
      'stop',
      'start',
      'start',
      'resume',
      undefined,
    ]);
  });

  it('takes a stop back with Undo and a spawn with Cancel', () => {
    expect(mainAction(anAgent({ state: 'stopping' }))).toMatchObject({
      command: 'cancel',
      word: 'Undo',
      asWord: true,
    });
    expect(mainAction(anAgent({ state: 'preparing' }))).toMatchObject({ command: 'cancel', word: 'Cancel' });
  });

  it('names the agent, so that a button is known without its row', () => {
    expect(mainAction(anAgent())?.label).toBe('Stop ember-fox');
  });
});

describe('allActions', () => {
  it('has every command of the state exactly once, and what pages add', () => {
    for (const state of AGENT_STATES) {
      const { header, more } = allActions(anAgent({ state }));
      const commands = [...header, ...more].map((each) => each.command);
      const added = ['clone', 'removeNow', 'stopWithSnapshot'];
      expect(commands.filter((each) => !added.includes(each)).sort(), state).toEqual(
        [...allowed[state]].sort(),
      );
      expect(new Set(commands).size).toBe(commands.length);
    }
  });

  it('takes a removal back, or hurries it, while it waits', () => {
    const of = (can: readonly 'cancel'[]) =>
      allActions(anAgent({ state: 'removing', can })).header.map((each) => each.word);
    expect(of(['cancel'])).toEqual(['Undo', 'Remove now']);
    expect(of([])).toEqual([]);
  });
});

describe('hrefOf', () => {
  it('gives an address to what asks for something first', () => {
    expect(hrefOf('rename', 'a1', '/agents/a1')).toBe('/agents/a1?do=rename');
    expect(hrefOf('update', 'a1', '')).toBe('?do=update');
    expect(hrefOf('recreate', 'a1', '')).toBe('/agents/new?edit=a1');
    expect(hrefOf('clone', 'a1', '')).toBe('/agents/new?from=a1');
    expect(hrefOf('stop', 'a1', '')).toBeNull();
  });
});

describe('menuLines', () => {
  it('links what has an address, submits the rest, and puts what takes away last under a line', () => {
    const { more } = allActions(anAgent());
    const lines = menuLines(more, 'a1', { form: 'f', action: '/agents', page: '' });
    expect(lines.find((each) => each.id === 'rename')).toMatchObject({ href: '?do=rename', icon: 'edit' });
    expect(lines.find((each) => each.id === 'pause')?.submit).toMatchObject({ action: '/agents?/pause' });
    expect(lines.slice(-2).map((each) => [each.id, each.danger, each.divided])).toEqual([
      ['kill', true, true],
      ['remove', true, undefined],
    ]);
  });
});
