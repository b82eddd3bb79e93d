import { describe, expect, it } from 'vitest';
import type { AgentSpec } from './agent-spec.ts';
import { planContainer } from './container-plan.ts';
import { plainSpec } from './testing/specs.ts';

const plan = (changes: Partial<AgentSpec>) => planContainer('ada', plainSpec(changes), {});
const security = (changes: Partial<AgentSpec['security']>) => ({
  security: { ...plainSpec().security, ...changes },
});

describe('security profiles', () => {
  const hostConfig = (profile: AgentSpec['security']['profile']) => plan(security({ profile })).HostConfig;

  it('standard drops all capabilities but those of a package manager, and lets nothing gain more', () => {
    expect(hostConfig('standard')).toMatchObject({ CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] });
    expect(hostConfig('standard').CapAdd).toEqual([
      'CHOWN',
      'DAC_OVERRIDE',
      'FOWNER',
      'FSETID',
      'KILL',
      'SETGID',
      'SETUID',
    ]);
    expect(hostConfig('standard')).not.toHaveProperty('ReadonlyRootfs');
  });

  it('hardened adds none, and cannot write but to /tmp and /run', () => {
    expect(hostConfig('hardened')).toMatchObject({
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
    });
    expect(hostConfig('hardened')).not.toHaveProperty('CapAdd');
    expect(Object.keys(hostConfig('hardened').Tmpfs ?? {})).toEqual(['/tmp', '/run']);
  });

  it("unrestricted is Docker's own default", () => {
    for (const key of ['CapAdd', 'CapDrop', 'SecurityOpt', 'ReadonlyRootfs', 'Tmpfs']) {
      expect(hostConfig('unrestricted')).not.toHaveProperty(key);
    }
  });

  it('the tmpfs mounts of hardened give way to what the agent mounts there, however it is written', () => {
    const hardened = security({ profile: 'hardened' });
    const tmpfs = (changes: Partial<AgentSpec>) => plan({ ...hardened, ...changes }).HostConfig.Tmpfs;
    expect(tmpfs({ tmpfs: { '/tmp': 'size=1m' } })).toMatchObject({ '/tmp': 'size=1m' });
    expect(Object.keys(tmpfs({ tmpfs: { '/tmp/': '' } }) ?? {})).toEqual(['/run', '/tmp/']);
    const volumes = [{ source: 'scratch', target: '/tmp/', modes: [], create: false }];
    expect(Object.keys(tmpfs({ volumes }) ?? {})).toEqual(['/run']);
    const sharedVolumes = [{ name: 'a', volume: 'b', target: '/run' }];
    expect(Object.keys(tmpfs({ sharedVolumes }) ?? {})).toEqual(['/tmp']);
  });

  it('privileged drops the profile, which would only get in its way', () => {
    for (const profile of ['standard', 'hardened', 'unrestricted'] as const) {
      const host = plan(security({ profile, privileged: true })).HostConfig;
      expect(host.Privileged).toBe(true);
      for (const key of ['CapAdd', 'CapDrop', 'SecurityOpt', 'ReadonlyRootfs', 'Tmpfs'])
        expect(host).not.toHaveProperty(key);
    }
  });
});
