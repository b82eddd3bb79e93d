import { describe, expect, it } from 'vitest';
import type { AgentSpec } from './agent-spec.ts';
import { planContainer } from './container-plan.ts';

const spec: AgentSpec = {
  image: 'slipway/starter:latest',
  pull: 'never',
  command: null,
  entrypoint: null,
  workdir: null,
  user: null,
  tty: true,
  stdin: true,
  resources: { memory: null, cpu: null, pids: null },
  env: {},
  networks: ['slipway-agents'],
  security: { profile: 'standard' },
  restart: { name: 'no', maximumRetryCount: 0 },
  logging: { maxSize: '10m', maxFile: 3 },
  tags: {},
  role: null,
  group: null,
  capabilities: [],
};
const plan = (changes: Partial<AgentSpec> = {}) =>
  planContainer('ada', { ...spec, ...changes }, { label: 'value' });

describe('the plan of a container', () => {
  it('leaves out what the spec leaves to the image or to the engine', () => {
    const made = plan();
    for (const key of ['Cmd', 'Entrypoint', 'WorkingDir', 'User']) expect(made).not.toHaveProperty(key);
    for (const key of ['Memory', 'MemorySwap', 'NanoCpus', 'PidsLimit'])
      expect(made.HostConfig).not.toHaveProperty(key);
    expect(made).toMatchObject({
      Image: spec.image,
      Hostname: 'ada',
      Tty: true,
      OpenStdin: true,
      Labels: { label: 'value' },
    });
  });

  it('passes commands as lists of words: nothing goes through a shell', () => {
    const command = ['sh', '-c', 'echo "$HOME"; rm -rf *'];
    expect(plan({ command, entrypoint: [], workdir: '/w', user: '1000' })).toMatchObject({
      Cmd: command,
      Entrypoint: [],
      WorkingDir: '/w',
      User: '1000',
    });
  });

  it('gives limits in bytes and billionths of a core, and no swap beyond the memory', () => {
    const { HostConfig } = plan({ resources: { memory: 536_870_912, cpu: 0.1 + 0.2, pids: 512 } });
    expect(HostConfig).toMatchObject({
      Memory: 536_870_912,
      MemorySwap: 536_870_912,
      NanoCpus: 300_000_000,
      PidsLimit: 512,
    });
  });

  it('writes the environment as it is', () => {
    expect(plan({ env: { A: '', B: 'x=y', C: 'two\nlines' } }).Env).toEqual(['A=', 'B=x=y', 'C=two\nlines']);
  });

  it('bounds the log', () => {
    expect(plan({ logging: { maxSize: '1m', maxFile: 2 } }).HostConfig.LogConfig).toEqual({
      Type: 'json-file',
      Config: { 'max-size': '1m', 'max-file': '2' },
    });
  });

  it("makes the agent's name its DNS name in networks that have names", () => {
    expect(plan()).toMatchObject({
      HostConfig: { NetworkMode: 'slipway-agents' },
      NetworkingConfig: { EndpointsConfig: { 'slipway-agents': { Aliases: ['ada'] } } },
    });
  });

  it.each(['bridge', 'host', 'none'])(
    'gives it no name in "%s", where the engine would refuse to start it',
    (network) => {
      expect(plan({ networks: [network] }).NetworkingConfig?.EndpointsConfig).toEqual({ [network]: {} });
    },
  );

  it('without networks is on the bridge', () => {
    expect(plan({ networks: [] }).HostConfig.NetworkMode).toBe('bridge');
  });
});

describe('security profiles', () => {
  const hostConfig = (profile: AgentSpec['security']['profile']) =>
    plan({ security: { profile } }).HostConfig;

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
});
