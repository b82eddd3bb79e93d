import { describe, expect, it } from 'vitest';
import { PLAIN_SPEC, type AgentSpec, type SecurityProfile } from '#lib/domain/agent-spec.ts';
import { isOlder } from '#lib/domain/docker-run/api-version.ts';
import { planContainer } from '#lib/domain/container-plan.ts';
import type { Engine } from '../engine.ts';
import { expectRefusal, refusal, unique, type Changes, type Yard } from './yard.ts';

const MIB = 1024 ** 2;

export function describeRefusals(yard: () => Yard): void {
  const engine = (): Engine => yard().engine;
  const list = async () => (await engine().listContainers({ labels: yard().label })).map(({ id }) => id);

  describe('what create refuses, and makes nothing', () => {
    it.each<[string, 'VALIDATION' | 'RESOURCE_LIMIT' | 'IMAGE_NOT_FOUND', Changes]>([
      [
        'an image that is not here: create never pulls',
        'IMAGE_NOT_FOUND',
        { Image: 'slipway-test/absent:1' },
      ],
      ['less memory than the least', 'RESOURCE_LIMIT', { HostConfig: { Memory: 5 * MIB } }],
      ['more processor than the host has', 'RESOURCE_LIMIT', { HostConfig: { NanoCpus: 4096e9 } }],
      ['an environment entry without a name', 'VALIDATION', { Env: ['=x'] }],
      ['a working folder that is not absolute', 'VALIDATION', { WorkingDir: 'work' }],
      [
        'an unknown restart policy',
        'VALIDATION',
        { HostConfig: { RestartPolicy: { Name: 'sometimes', MaximumRetryCount: 0 } } },
      ],
    ])('%s', async (_, code, changes) => {
      await expectRefusal(yard().create(changes), code);
      expect(await list()).toEqual([]);
    });

    it.each(['no name', '-first', 'x', ''])('the name "%s"', async (name) => {
      if (name === '') return; // no name at all: the engine invents one
      await expectRefusal(yard().create({}, name), 'VALIDATION');
      expect(await list()).toEqual([]);
    });

    it('a name that is taken', async () => {
      const name = unique('taken');
      const id = await yard().create({}, name);
      await expectRefusal(yard().create({}, name), 'NAME_TAKEN');
      expect(await list()).toEqual([id]);
    });

    it("with the engine's own status and words beside ours", async () => {
      const { details } = await refusal(yard().create({ HostConfig: { Memory: MIB } }));
      expect(details?.engine).toEqual({ status: 400, message: 'Minimum memory limit allowed is 6MB' });
    });
  });

  describe('what create refuses, and says which field', () => {
    const absent = '/no-such-path/here';
    const cases: readonly [string, string, unknown, Changes][] = [
      ['an unknown runtime', 'runtime', 'no-such-runtime', { HostConfig: { Runtime: 'no-such-runtime' } }],
      [
        'a path of the host that is not there',
        'volumes',
        absent,
        { HostConfig: { Mounts: [{ Type: 'bind', Source: absent, Target: '/data' }] } },
      ],
      ['a working folder that is not absolute', 'workdir', 'work', { WorkingDir: 'work' }],
    ];
    it.each(cases)('%s', async (_, field, value, { HostConfig, ...changes }) => {
      const error = await refusal(
        yard().create({ ...changes, HostConfig: { NetworkMode: 'none', ...HostConfig } }),
      );
      expect(error.code).toBe('VALIDATION');
      expect(error.details?.fields).toEqual([{ field, value, rule: error.details?.engine?.message }]);
      expect(await list()).toEqual([]);
    });

    it('a limit of the disk, where the storage driver has none', async () => {
      const error = await refusal(yard().create({ HostConfig: { StorageOpt: { size: '10G' } } }));
      expect(error.code).toBe('RESOURCE_LIMIT');
      expect(error.hint).toContain('storage driver');
      expect(await list()).toEqual([]);
    });

    it('what its API is too old for, which it would ignore without a word', async () => {
      const { apiVersion } = await engine().version();
      const Mounts = [{ Type: 'volume', Source: 'x', Target: '/x', VolumeOptions: { Subpath: 'y' } }];
      if (!isOlder(apiVersion, '1.45')) return; // newer ones have it
      const error = await refusal(yard().create({ HostConfig: { Mounts } }));
      expect(error.code).toBe('VALIDATION');
      expect(error.details?.fields).toEqual([
        {
          field: '--mount volume-subpath',
          value: null,
          rule: `needs Engine API 1.45; this host speaks ${apiVersion}`,
        },
      ]);
      expect(await list()).toEqual([]);
    });

    it('a platform for which the image is not', async () => {
      const body = yard().plan();
      const made = engine().createContainer(unique('far'), body, { platform: 'linux/s390x' });
      await expectRefusal(made, 'IMAGE_NOT_FOUND');
      expect(await list()).toEqual([]);
    });
  });

  describe('what create takes and start refuses, leaving a container in created', () => {
    const refusedStart = async (changes: Changes) => {
      const id = await yard().create(changes);
      const { code } = await refusal(engine().startContainer(id));
      const { status, error, startedAt, pid } = await engine().inspectContainer(id);
      expect({ status, startedAt, pid }).toEqual({ status: 'created', startedAt: null, pid: 0 });
      expect(error).not.toBe('');
      await engine().removeContainer(id, { force: false });
      return code;
    };

    it('a network that is missing', async () => {
      expect(await refusedStart({ HostConfig: { NetworkMode: unique('missing') } })).toBe('NETWORK_ERROR');
    });

    it('a name of its own on a network that has no names', async () => {
      const changes = {
        HostConfig: { NetworkMode: 'bridge' },
        NetworkingConfig: { EndpointsConfig: { bridge: { Aliases: ['me'] } } },
      };
      expect(await refusedStart(changes)).toBe('NETWORK_ERROR');
    });

    it('a command that the image does not have', async () => {
      expect(await refusedStart({ Cmd: ['no-such-command'] })).toBe('VALIDATION');
    });

    it('a device that is not on the host, and says which field', async () => {
      const PathOnHost = '/dev/no-such-device';
      const Devices = [{ PathOnHost, PathInContainer: PathOnHost, CgroupPermissions: 'rwm' }];
      const id = await yard().create({ HostConfig: { NetworkMode: 'none', Devices } });
      const error = await refusal(engine().startContainer(id));
      expect(error.code).toBe('VALIDATION');
      expect(error.details?.fields?.[0]).toMatchObject({ field: 'devices', value: PathOnHost });
    });

    it('a GPU for which the engine has no driver', async () => {
      const DeviceRequests = [{ Count: -1, Capabilities: [['gpu']] }];
      expect(await refusedStart({ HostConfig: { NetworkMode: 'none', DeviceRequests } })).toBe(
        'RESOURCE_LIMIT',
      );
    });

    it('a port of the host that is taken', async () => {
      const port = (HostPort: string): Changes => ({
        ExposedPorts: { '80/tcp': {} },
        HostConfig: {
          NetworkMode: 'bridge',
          PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort }] },
        },
      });
      const first = await yard().start(port(''));
      const [published] = (await engine().inspectContainer(first)).ports;
      expect(published).toMatchObject({ container: '80/tcp', ip: '127.0.0.1' });
      expect(await refusedStart(port(String(published?.host)))).toBe('PORT_TAKEN');
      await engine().stopContainer(first, 0);
      expect((await engine().inspectContainer(first)).ports).toEqual([]);
      await yard().start(port(String(published?.host)));
    });
  });

  describe('a container that is not there', () => {
    const missing = 'f'.repeat(64);
    const signal = new AbortController().signal;
    const commit = { repository: 'slipway-test/none', tag: 'none', comment: '', pause: true };
    it.each<[string, () => Promise<unknown>]>([
      ['inspect', () => engine().inspectContainer(missing)],
      ['start', () => engine().startContainer(missing)],
      ['stop', () => engine().stopContainer(missing, 0)],
      ['restart', () => engine().restartContainer(missing, 0)],
      ['kill', () => engine().killContainer(missing, 'SIGKILL')],
      ['pause', () => engine().pauseContainer(missing)],
      ['resume', () => engine().unpauseContainer(missing)],
      ['rename', () => engine().renameContainer(missing, unique('name'))],
      ['stats', () => engine().stats(missing)],
      ['exec', () => engine().execute(missing, { command: ['true'], timeoutMs: 5000 })],
      ['processes', () => engine().processes(missing)],
      ['changes', () => engine().changes(missing)],
      ['update', () => engine().updateContainer(missing, { pids: 10 })],
      ['size', () => engine().containerSize(missing)],
      ['commit', () => engine().commitContainer(missing, commit)],
      ['stats stream', () => Array.fromAsync(engine().statsStream(missing, signal))],
      [
        'logs',
        () => Array.fromAsync(engine().logs(missing, { follow: true, tail: null, since: null, signal })),
      ],
    ])('is NOT_FOUND for %s', async (_, work) => {
      await expectRefusal(work(), 'NOT_FOUND');
    });
  });

  describe('what the domain plans', () => {
    const spec = (profile: SecurityProfile, networks: readonly string[]): AgentSpec => ({
      ...PLAIN_SPEC,
      image: yard().image,
      pull: 'never',
      command: ['sleep', '1000'],
      workdir: '/',
      resources: { ...PLAIN_SPEC.resources, memory: 64 * MIB, cpu: 0.5, pids: 64 },
      env: { KEY: 'a value with = and "quotes"' },
      networks,
      security: { ...PLAIN_SPEC.security, profile },
      restart: { name: 'unless-stopped', maximumRetryCount: 0 },
      logging: { maxSize: '1m', maxFile: 2 },
    });
    const startPlanned = async (profile: SecurityProfile, networks: readonly string[]) => {
      const name = unique('planned');
      const { id } = await engine().createContainer(
        name,
        planContainer(name, spec(profile, networks), yard().label),
      );
      await engine().startContainer(id);
      return engine().inspectContainer(id);
    };

    it.each(['standard', 'hardened', 'unrestricted'] as const)(
      'starts with the %s profile',
      async (profile) => {
        const network = await yard().network();
        expect(await startPlanned(profile, [network])).toMatchObject({
          status: 'running',
          networks: [network],
        });
      },
    );

    it.each(['bridge', 'none', 'host'])('starts in the network "%s", which has no names', async (network) => {
      expect((await startPlanned('standard', [network])).status).toBe('running');
    });
  });
}
