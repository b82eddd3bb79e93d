import { describe, expect, it } from 'vitest';
import { containerOf } from './agent-container.ts';
import type { AgentSpec } from './agent-spec.ts';
import { BUILT_IN_TYPES } from './agent-types.ts';
import { commandAsInput, runCommandOf } from './run-command.ts';
import { Chance } from './testing/random.ts';
import { randomInput } from './testing/random-specs.ts';
import { settledSpec } from './testing/specs.ts';

const NAME = 'ada';

/** Through the command and back. */
function back(spec: AgentSpec): AgentSpec {
  const { input } = commandAsInput(runCommandOf(NAME, spec).text, BUILT_IN_TYPES);
  expect(input['name']).toBe(NAME);
  return settledSpec(input);
}

describe('the docker run command of an agent', () => {
  it('read again makes the same container, and prints the same command', () => {
    const chance = new Chance(4_711);
    for (let round = 0; round < 600; round += 1) {
      const input = randomInput(chance, { own: false });
      const spec = settledSpec(input);
      const { text } = runCommandOf(NAME, spec);
      const again = back(spec);
      const said = JSON.stringify(input) + '\n' + text;
      expect(containerOf(NAME, again, {}).body, said).toEqual(containerOf(NAME, spec, {}).body);
      expect(runCommandOf(NAME, again).text, said).toBe(text);
      expect(settledSpec(commandAsInput(text, BUILT_IN_TYPES).input), 'a second time').toEqual(again);
    }
  });

  it('of a plain agent makes the very same spec', () => {
    for (const profile of ['standard', 'hardened']) {
      const spec = settledSpec({ type: 'shell', security: { profile } });
      expect(back(spec)).toEqual(spec);
    }
  });

  it('says what is unlimited, because a command without a limit gets the one of the instance', () => {
    const spec = settledSpec({ type: 'shell', resources: { memory: 0, cpu: 0, pids: 0 } });
    const { words } = runCommandOf(NAME, spec);
    for (const flag of ['--memory', '--cpus', '--pids-limit']) expect(words).toContain(flag);
    expect(back(spec)).toEqual(spec);
  });

  it('has no label of Slipway', () => {
    const spec = settledSpec({ type: 'shell', tags: { team: 'web' } });
    expect(runCommandOf(NAME, spec).text).not.toContain('--label');
  });

  it('keeps an entrypoint of several words in effect: first word there, the others before the command', () => {
    const spec = settledSpec({ type: 'shell', entrypoint: ['sh', '-c'], command: ['id'] });
    const again = back(spec);
    expect([again.entrypoint, again.command]).toEqual([['sh'], ['-c', 'id']]);
    expect(runCommandOf(NAME, again)).toEqual(runCommandOf(NAME, spec));
  });

  it('has no form for "unrestricted", which comes back as "standard"', () => {
    const spec = settledSpec({ type: 'shell', security: { profile: 'unrestricted' } });
    expect(back(spec)).toEqual({ ...spec, security: { ...spec.security, profile: 'standard' } });
  });

  it('gives tmpfs mounts of the hardened profile back to the profile, and keeps the own ones', () => {
    const input = {
      type: 'shell',
      security: { profile: 'hardened' },
      tmpfs: { '/run': 'size=1m', '/x': '' },
    };
    const again = back(settledSpec(input));
    expect(again.tmpfs).toEqual({ '/run': 'size=1m', '/x': '' });
    expect(again.security.profile).toBe('hardened');
  });

  it('gives the socket of the engine back to its switch, and shared volumes to their names', () => {
    const input = {
      type: 'shell',
      security: { engineSocket: true },
      group: 'g',
      sharedVolumes: [{ name: 'login', target: '/login' }],
    };
    const again = back(settledSpec(input));
    expect(again.security.engineSocket).toBe(true);
    expect(again.volumes).toMatchObject([{ source: 'slipway-key-of-1-login', target: '/login' }]);
  });
});
