import { describe, expect, it } from 'vitest';
import { containerOf, readStartArgs, settleSpec } from './agent-container.ts';
import type { AgentSpec } from './agent-spec.ts';
import { Chance } from './testing/random.ts';
import { randomInput } from './testing/random-specs.ts';
import { plainSpec, problemsOf, settledSpec } from './testing/specs.ts';

const NAME = 'ada';
const withArgs = (startArgs: readonly string[], changes: Partial<AgentSpec> = {}) =>
  plainSpec({ ...changes, startArgs });
const bodyOf = (...args: Parameters<typeof withArgs>) => containerOf(NAME, withArgs(...args), {}).body;
const settled = (...args: Parameters<typeof withArgs>) => settleSpec(NAME, withArgs(...args));
const limited = (changes: Partial<AgentSpec['resources']>) => ({
  resources: { ...plainSpec().resources, ...changes },
});

describe('start args', () => {
  it('win over the fields, the later over the earlier', () => {
    const fields = {
      workdir: '/field',
      ...limited({ memory: 64 * 1024 ** 2 }),
      env: { A: 'field', B: 'field' },
    };
    const body = bodyOf(['--workdir=/one', '-w', '/two', '-m1g', '-m', '2g', '-eA=flag'], fields);
    expect(body).toMatchObject({
      WorkingDir: '/two',
      Env: ['B=field', 'A=flag'],
      HostConfig: { Memory: 2 * 1024 ** 3, MemorySwap: 2 * 1024 ** 3 },
    });
  });

  it('give the platform, which is no part of the body', () => {
    expect(containerOf(NAME, withArgs(['--platform=linux/arm64']), {}).platform).toBe('linux/arm64');
    expect(containerOf(NAME, plainSpec(), {}).platform).toBeNull();
  });

  it('open no port to the network without an address, and neither do the fields', () => {
    const { HostConfig } = bodyOf(['-p', '8081:81', '-p0.0.0.0:8082:82'], {
      ports: ['8080:80', '[::1]:8083:83'],
    });
    const addresses = Object.entries(HostConfig.PortBindings ?? {}).map(([port, [binding]]) => [
      port,
      binding?.HostIp,
    ]);
    expect(Object.fromEntries(addresses)).toEqual({
      '80/tcp': '127.0.0.1',
      '81/tcp': '127.0.0.1',
      '82/tcp': '0.0.0.0',
      '83/tcp': '::1',
    });
  });

  it('may not set labels of Slipway, however they are written', () => {
    for (const args of [
      ['--label', 'dev.slipway.agent.id=x'],
      ['-l=dev.slipway.instance='],
      ['--label= dev.slipway.agent.id=x'],
    ])
      expect(problemsOf(() => readStartArgs(args))[0]?.rule).toMatch(/labels under dev\.slipway\./);
    const spec = withArgs(['--label', 'team=web']);
    expect(containerOf(NAME, spec, { 'dev.slipway.agent.id': '1' }).body.Labels).toEqual({
      'dev.slipway.agent.id': '1',
      team: 'web',
    });
  });

  it('that cannot be read or contradict each other are refused with their place', () => {
    const problems = problemsOf(() => readStartArgs(['--cpus', '1', '--cpu-quota=5', '--rm', 'nginx']));
    expect(problems.map(({ field }) => field)).toEqual(['startArgs[3]', 'startArgs[4]', 'startArgs[2]']);
    const lost = withArgs(['--network-alias=db'], { networks: ['bridge'] });
    expect(problemsOf(() => containerOf(NAME, lost, {}))[0]?.rule).toMatch(/networks of your own only/);
  });

  it('say what somebody has to grant, and a plain agent needs nothing', () => {
    expect(containerOf(NAME, plainSpec({ ports: ['8080:80'] }), {}).needs).toEqual([]);
    const args = ['--privileged', '-v/etc:/etc-of-host', '-p0.0.0.0:80:80'];
    expect(containerOf(NAME, withArgs(args), {}).needs.map(({ right }) => right)).toEqual([
      'privileged',
      'hostPath',
      'publicPort',
    ]);
  });

  it('let the agent keep its name in the network that they choose, whatever the fields said', () => {
    for (const changes of [
      {},
      { networks: ['bridge'] },
      { networks: [], security: { ...plainSpec().security, hostNetwork: true } },
    ])
      expect(bodyOf(['--network=other'], changes).NetworkingConfig?.EndpointsConfig).toEqual({
        other: { Aliases: [NAME] },
      });
  });
});

describe('a settled spec', () => {
  it.each<[readonly string[], object]>([
    [['--memory=1g'], { resources: { memory: 1024 ** 3 } }],
    [['--memory=0'], { resources: { memory: null } }],
    [['--cpus=1.5'], { resources: { cpu: 1.5 } }],
    [['--cpus=0'], { resources: { cpu: null } }],
    [['--cpu-quota=50000'], { resources: { cpu: 0.5 } }],
    [['--cpu-quota=50000', '--cpu-period=25000'], { resources: { cpu: 2 } }],
    [['--cpu-quota=-1'], { resources: { cpu: null } }],
    [['--pids-limit=7'], { resources: { pids: 7 } }],
    [['--pids-limit=-1'], { resources: { pids: null } }],
    [['--restart=on-failure:3'], { restart: { name: 'on-failure', maximumRetryCount: 3 } }],
    [['--restart=always'], { restart: { name: 'always', maximumRetryCount: 0 } }],
    [['--network=a', '--network=name=b,alias=db'], { networks: ['a', 'b'] }],
    [['--net=host'], { networks: ['host'] }],
    [['--network=default'], { networks: ['bridge'] }],
    [['--pull=always'], { pull: 'always' }],
  ])('says what %j make of it', (args, expected) => {
    expect(settled(args, limited({ memory: 64 * 1024 ** 2, cpu: 0.25 }))).toMatchObject(expected);
  });

  it('says where its ports are published', () => {
    expect(settled([], { ports: ['80', '8080:80', '0.0.0.0:81:81', '[::1]:82:82/udp'] }).ports).toEqual([
      '127.0.0.1::80',
      '127.0.0.1:8080:80',
      '0.0.0.0:81:81',
      '[::1]:82:82/udp',
    ]);
  });

  it('is not on the network of the host when the flags chose another', () => {
    const security = { ...plainSpec().security, hostNetwork: true };
    expect(settled(['--network=other'], { networks: [], security })).toMatchObject({
      networks: ['other'],
      security: { hostNetwork: false },
    });
    expect(settled([], { networks: [], security })).toMatchObject({
      networks: [],
      security: { hostNetwork: true },
    });
  });

  it('settles to itself and makes the same container twice, whatever is in it', () => {
    const chance = new Chance(7);
    for (let round = 0; round < 300; round += 1) {
      const spec = settledSpec(randomInput(chance, { own: true }));
      const again = settleSpec(NAME, spec);
      expect(again).toEqual(spec);
      expect(containerOf(NAME, again, {})).toEqual(containerOf(NAME, spec, {}));
    }
  });
});
