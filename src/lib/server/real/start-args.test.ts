/**
 * The oracle of start args, on the way that an agent takes: for generated flags, the container that Slipway creates and the one of `docker
 * create` are the same to the engine, but for what Slipway adds on purpose.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerOf } from '#lib/domain/agent-container.ts';
import { PLAIN_SPEC, type AgentSpec } from '#lib/domain/agent-spec.ts';
import { HOST_GATEWAY } from '#lib/domain/container-plan.ts';
import { isOlder } from '#lib/domain/docker-run/api-version.ts';
import { commandsOf } from '#lib/domain/docker-run/testing/commands.ts';
import { comparableInspect } from '#lib/domain/docker-run/testing/compare.ts';
import { dockerCreate, findDockerCli } from '#lib/domain/docker-run/testing/docker-cli.ts';
import { FLAGS } from '#lib/domain/docker-run/flags.ts';
import { GOOD } from '#lib/domain/docker-run/testing/samples.ts';
import { AppError } from '#lib/domain/errors.ts';
import { agentLabels } from '#lib/domain/labels.ts';
import { NO_ENGINE, realApp, type RealApp } from '../testing/real-app.ts';

const SEED = Number(process.env['SLIPWAY_TEST_SEED'] ?? 20_261_121);
const COMMANDS = 120;
const NAME = 'agent-under-test';
const cli = findDockerCli();

type Json = Record<string, unknown>;

/**
 * What Slipway adds on purpose, and nothing else: labels, its name as host name and as DNS alias, the host's gateway, log files with a limit,
 * ports on loopback. In the network of the host the engine would give the host's own name.
 */
function withoutAdditions(raw: Json, id: string): Json {
  const config: Json = { ...part(raw, 'Config') };
  const host: Json = { ...part(raw, 'HostConfig') };
  const labels = Object.entries(part(raw, 'Config', 'Labels')).filter(
    ([key]) => !key.startsWith('dev.slipway.'),
  );
  const log = part(raw, 'HostConfig', 'LogConfig');
  const limits: Json = { 'max-size': '10m', 'max-file': '3' };
  const kept = Object.entries(part(log, 'Config')).filter(([key, value]) => limits[key] !== value);
  const hosts = host['ExtraHosts'];
  const given = [NAME, id.slice(0, 12)];
  return {
    ...raw,
    NetworkSettings: {
      Networks: Object.fromEntries(
        Object.entries(part(raw, 'NetworkSettings', 'Networks')).map(([network, endpoint]) => [
          network,
          withoutAlias(endpoint as Json),
        ]),
      ),
    },
    Config: {
      ...config,
      Labels: Object.fromEntries(labels),
      Hostname:
        given.includes(String(config['Hostname'])) || host['NetworkMode'] === 'host'
          ? ''
          : config['Hostname'],
    },
    HostConfig: {
      ...host,
      ExtraHosts: Array.isArray(hosts) ? hosts.filter((each) => each !== HOST_GATEWAY) : hosts,
      LogConfig: { ...log, Config: Object.fromEntries(kept) },
      NetworkMode: host['NetworkMode'] === 'bridge' ? 'default' : host['NetworkMode'],
      PortBindings: Object.fromEntries(
        Object.entries(part(host, 'PortBindings')).map(([port, list]) => [
          port,
          (Array.isArray(list) ? list : []).map((each: Json) =>
            each['HostIp'] === '127.0.0.1' ? { ...each, HostIp: '' } : each,
          ),
        ]),
      ),
    },
  };
}

function withoutAlias(endpoint: Json): Json {
  const aliases = endpoint['Aliases'];
  return { ...endpoint, Aliases: Array.isArray(aliases) ? aliases.filter((each) => each !== NAME) : aliases };
}

function part(from: Json, ...keys: readonly string[]): Json {
  let value: unknown = from;
  for (const key of keys)
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : null;
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

describe.skipIf(NO_ENGINE !== undefined || cli === null)('start args on a real engine', () => {
  let real: RealApp;
  let api = '1.41';
  const made: string[] = [];
  beforeAll(async () => {
    real = await realApp();
    api = (await real.engine.version()).apiVersion;
  }, 60_000);
  afterAll(async () => {
    for (const id of made) await real.engine.removeContainer(id, { force: true });
    await real.close();
  }, 120_000);

  const spec = (startArgs: readonly string[]): AgentSpec => ({
    ...PLAIN_SPEC,
    image: real.image,
    command: ['true'],
    tty: false,
    stdin: false,
    resources: { ...PLAIN_SPEC.resources, pids: null },
    networks: ['bridge'],
    security: { ...PLAIN_SPEC.security, profile: 'unrestricted' },
    startArgs,
  });
  const labels = agentLabels({ instance: 'i', id: 'a', name: NAME, type: 'custom', tags: { team: 'x' } });

  async function seen(id: string): Promise<string> {
    const { raw } = await real.engine.inspectContainer(id);
    return comparableInspect(withoutAdditions(raw, id));
  }

  /** null: the same, or refused by both. */
  async function difference(words: readonly string[]): Promise<string | null> {
    const theirs = await dockerCreate(real.socket, [...words, real.image, 'true']);
    let mine: string | null = null;
    let refusal = '';
    try {
      const { body } = containerOf(NAME, spec(words), labels);
      mine = (await real.engine.createContainer(`x-${crypto.randomUUID()}`, body)).id;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refusal = error.message;
    }
    made.push(...[theirs.id, mine].filter((id) => id !== null));
    if (theirs.id === null || mine === null) {
      if (theirs.id === mine) return null;
      return `${words.join(' ')}: docker says ${theirs.error || 'yes'}, Slipway says ${refusal || 'yes'}`;
    }
    const [docker, slipway] = await Promise.all([seen(theirs.id), seen(mine)]);
    return docker === slipway ? null : `${words.join(' ')}\n  docker:  ${docker}\n  slipway: ${slipway}`;
  }

  it(`make the same container as docker create (seed ${SEED})`, async () => {
    const known = GOOD.filter(
      ({ flag, cli: since = 0, api: sinceApi = '0' }) =>
        (cli?.flags.has(flag) === true || FLAGS.get(flag)?.aliasOf !== undefined) &&
        (cli?.major ?? 0) >= since &&
        !isOlder(api, sinceApi),
    );
    const differences: (string | null)[] = [];
    for (const words of commandsOf(known, COMMANDS, SEED)) differences.push(await difference(words));
    expect(differences.filter((each) => each !== null)).toEqual([]);
    expect(made.length).toBeGreaterThan(COMMANDS);
  }, 120_000);
});
