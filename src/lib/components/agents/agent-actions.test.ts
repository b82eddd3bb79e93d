import { describe, expect, it } from 'vitest';
import { AGENT_STATES, allowed } from '#lib/domain/agent-state.ts';
import { allActions, mainAction, sharedCommands } from './agent-actions.ts';
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
  it('has every command of the state exactly once', () => {
    for (const state of AGENT_STATES) {
      const { header, more } = allActions(anAgent({ state }));
      expect([...header, ...more].map((each) => each.command).sort()).toEqual([...allowed[state]].sort());
    }
  });
});

describe('sharedCommands', () => {
  it('is what every agent of a selection allows', () => {
    expect(sharedCommands([anAgent(), anAgent({ state: 'stopped' })])).toEqual(['snapshot', 'remove']);
    expect(sharedCommands([])).toEqual([]);
  });
});
