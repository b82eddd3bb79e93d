/**
 * The oracle: what the installed docker CLI makes of flags is what we make of them. First the bodies, against an engine that only records
 * (so that flags newer than any engine here count too); then the containers, on a real engine, by what inspect says of both.
 * SLIPWAY_TEST_SOCKET is the socket of an engine of the tests' own, SLIPWAY_TEST_SEED another seed for the generated commands.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyForApi, isOlder } from './api-version.ts';
import { applyRunOptions, bareBody } from './apply.ts';
import type { CreateBody } from './create-body.ts';
import { FLAGS } from './flags.ts';
import { parseFlags } from './parse.ts';
import { readImageTar } from './testing/busybox-image.ts';
import { commandsOf, formsOf, inParallel, packsOf } from './testing/commands.ts';
import { comparable, comparableInspect } from './testing/compare.ts';
import { dockerCreate, findDockerCli } from './testing/docker-cli.ts';
import { EngineSocket, field, text } from './testing/engine-socket.ts';
import { RecordingEngine } from './testing/recording-engine.ts';
import {
  BAD,
  BAD_SINCE_CLI_23,
  BAD_TOGETHER,
  GOOD,
  REFUSED_LATE,
  WITH_NETWORK,
  WITH_NEW_NETWORKS,
  type Sample,
} from './testing/samples.ts';

const cli = findDockerCli();
const major = cli?.major ?? 0;
const socket = process.env['SLIPWAY_TEST_SOCKET'] ?? '';
const seed = Number(process.env['SLIPWAY_TEST_SEED'] ?? 20_260_301);
const TIMEOUT = 120_000;
const PARALLEL = 3;

const unknown = [...FLAGS].filter(
  ([name, flag]) => flag.aliasOf === undefined && cli?.flags.has(name) === false,
);
const lacking =
  unknown.length === 0 ? '' : ` (which does not know ${unknown.map(([name]) => `--${name}`).join(', ')})`;
const oracle = cli === null ? '(there is no docker CLI here)' : `docker ${cli.version}${lacking}`;

type Words = readonly string[];
/** null: the same. `refused`: by both sides. */
type Outcome = null | 'refused' | { readonly differs: string };

/** Our side of a command: the body, or the first reason why not. */
function ours(words: Words, api: string): { readonly body: CreateBody } | { readonly refused: string } {
  const { options, problems } = parseFlags(words);
  if (problems[0] !== undefined) return { refused: problems[0].rule };
  const applied = applyRunOptions(bareBody('busybox', ['true']), options);
  if ('problems' in applied) return { refused: applied.problems[0]?.rule ?? '' };
  const { body, unsupported, connect } = bodyForApi(applied.body, api);
  const newer = [...unsupported.map((each) => each.flag), ...connect.map((each) => `--network ${each.name}`)];
  return newer[0] === undefined ? { body } : { refused: `${newer[0]} is newer than ${api}` };
}

/** Samples that this CLI and an engine of this API version know. */
function knownTo(api: string): (sample: Sample) => boolean {
  return ({ flag, cli: since = 0, api: sinceApi = '0' }) => {
    const known = cli?.flags.has(flag) === true || FLAGS.get(flag)?.aliasOf !== undefined;
    return known && major >= since && !isOlder(api, sinceApi);
  };
}

const alone = (samples: readonly Sample[]): readonly Words[] =>
  samples.flatMap((sample) => formsOf(sample).slice(0, 1));

function difference(words: Words, docker: string, mine: string): Outcome {
  return docker === mine ? null : { differs: `${words.join(' ')}\n  docker: ${docker}\n  ours:   ${mine}` };
}

/** What differs. A pack that differs, or that both refuse, is taken apart. */
async function differences(
  packs: readonly (readonly Words[])[],
  compare: (words: Words) => Promise<Outcome>,
): Promise<readonly string[]> {
  const outcomes = await inParallel(packs, PARALLEL, async (pack) => ({
    pack,
    outcome: await compare(pack.flat()),
  }));
  const suspects = outcomes
    .filter(({ pack, outcome }) => pack.length > 1 && outcome !== null)
    .flatMap(({ pack }) => pack);
  const singles = await inParallel(suspects, PARALLEL, compare);
  const known = outcomes.filter(({ pack }) => pack.length === 1).map(({ outcome }) => outcome);
  return [...known, ...singles].flatMap((outcome) =>
    outcome === 'refused' ? [] : outcome === null ? [] : [outcome.differs],
  );
}

const each = (commands: readonly Words[]): readonly (readonly Words[])[] => commands.map((words) => [words]);

describe.skipIf(cli === null)(`the table of flags, against ${oracle}`, () => {
  it('has every flag of docker run and docker create', () => {
    expect([...(cli?.flags ?? [])].filter((flag) => !FLAGS.has(flag))).toEqual([]);
  });

  it('has samples for every flag that it maps', () => {
    const named = [...WITH_NETWORK, ...WITH_NEW_NETWORKS].flat().map((word) => word.replace(/^--|=.*$/g, ''));
    const sampled = new Set([...GOOD.map((sample) => sample.flag), ...named]);
    const bare = [...FLAGS]
      .filter(([name, flag]) => flag.use.how === 'mapped' && !sampled.has(name))
      .map(([name]) => name);
    // a name is unique on an engine, storage-opt needs a storage driver with quotas: both have tests of their own
    expect(bare).toEqual(['name', 'storage-opt']);
  });
});

describe.skipIf(cli === null)(`the body for create, against ${oracle}`, () => {
  const api = cli?.api ?? '1.41';
  const engine = new RecordingEngine(api);
  const good = GOOD.filter(knownTo(api));
  beforeAll(() => engine.listen());
  afterAll(() => engine.close());

  /** Only wrong combinations are refused by both: good samples alone never are. */
  async function compare(words: Words): Promise<Outcome> {
    const mine = ours(words, api);
    const theirs = await dockerCreate(engine.socket, [...words, 'busybox', 'true']);
    if ('refused' in mine) return { differs: `we refuse ${words.join(' ')}: ${mine.refused}` };
    if (theirs.id === null) return { differs: `docker refuses ${words.join(' ')}: ${theirs.error}` };
    return difference(words, comparable(engine.take(theirs.id)?.body), comparable(mine.body));
  }

  it('is the same for every sample of every flag', { timeout: TIMEOUT }, async () => {
    expect(await differences(packsOf(good, 6), compare)).toEqual([]);
  });

  it('is the same for every form in which a flag can be written', { timeout: TIMEOUT }, async () => {
    const first = [...Map.groupBy(good, (sample) => sample.flag).values()].flatMap((list) =>
      list.slice(0, 1),
    );
    expect(await differences(each(first.flatMap((sample) => formsOf(sample).slice(1))), compare)).toEqual([]);
  });

  it('is the same for flags that belong to a network', { timeout: TIMEOUT }, async () => {
    const commands = [...WITH_NETWORK, ...(major >= 28 ? WITH_NEW_NETWORKS : []), ['--storage-opt=size=1G']];
    expect(await differences(each(commands), compare)).toEqual([]);
  });

  it(`is the same for generated commands (seed ${seed})`, { timeout: TIMEOUT }, async () => {
    const commands = commandsOf(good, 200, seed).filter((words) => 'body' in ours(words, api));
    expect(commands.length).toBeGreaterThan(100);
    expect(await differences(each(commands), compare)).toEqual([]);
  });

  it('has name and platform beside it', async () => {
    const words = ['--name=web', '--platform', 'linux/arm64'];
    const { options } = parseFlags(words);
    const answer = await dockerCreate(engine.socket, [...words, 'busybox']);
    const query = engine.take(answer.id ?? '')?.query;
    expect([query?.get('name'), query?.get('platform')]).toEqual([options.name, options.platform]);
  });

  it('is not made of what is wrong, but for what only an engine can know', () => {
    const commands = [...alone(BAD), ...BAD_TOGETHER, ...BAD_SINCE_CLI_23, ...REFUSED_LATE];
    const made = commands.filter((words) => 'body' in ours(words, api)).map((words) => words.join(' '));
    expect(made).toEqual([
      '--cpuset-cpus=9999',
      '--link=nobody-here:x',
      '--mount=type=bind,source=/no/such/path,target=/b',
      '--volumes-from=nobody-here',
    ]);
  });
});

describe.skipIf(cli === null || socket === '')(
  `the container of a real engine${socket === '' ? ' (SLIPWAY_TEST_SOCKET is not set)' : ''}`,
  () => {
    const engine = new EngineSocket(socket);
    const made: string[] = [];
    let refusedByBoth = 0;

    beforeAll(async () => {
      await engine.negotiate(cli?.api ?? '1.41');
      await engine.call('POST', '/images/create?fromSrc=-&repo=busybox', await readImageTar());
      for (const [name, subnet] of [
        ['oracle-a', '10.211.0.0/24'],
        ['oracle-b', '10.212.0.0/24'],
      ] as const) {
        await engine.call('POST', '/networks/create', {
          Name: name,
          CheckDuplicate: true,
          IPAM: { Config: [{ Subnet: subnet }] },
        });
      }
      const peer = { ...bareBody('busybox', ['true']), Volumes: { '/peer': {} } };
      made.push(
        text(field((await engine.call('POST', '/containers/create?name=oracle-peer', peer)).body, 'Id')),
      );
    }, TIMEOUT);

    afterAll(async () => {
      await inParallel(made, PARALLEL, (id) => engine.call('DELETE', `/containers/${id}?force=1&v=1`));
      const volumes = field((await engine.call('GET', '/volumes')).body, 'Volumes');
      const names = (Array.isArray(volumes) ? volumes : []).map((volume) => text(field(volume, 'Name')));
      for (const name of names.filter((each) => each.startsWith('oracle-')))
        await engine.call('DELETE', `/volumes/${name}`);
      for (const name of ['oracle-a', 'oracle-b']) await engine.call('DELETE', `/networks/${name}`);
      engine.close();
    }, TIMEOUT);

    async function inspect(id: string): Promise<string> {
      return comparableInspect((await engine.call('GET', `/containers/${id}/json`)).body);
    }

    async function compare(words: Words): Promise<Outcome> {
      const mine = ours(words, engine.apiVersion);
      const [theirs, created] = await Promise.all([
        dockerCreate(socket, [...words, 'busybox', 'true']),
        'body' in mine ? engine.call('POST', '/containers/create', mine.body) : null,
      ]);
      const id = text(field(created?.body, 'Id'));
      made.push(...[theirs.id ?? '', id].filter((one) => one !== ''));
      if (theirs.id === null && id === '') {
        refusedByBoth += 1;
        return 'refused';
      }
      if (theirs.id === null) return { differs: `only docker refuses ${words.join(' ')}: ${theirs.error}` };
      const why = 'refused' in mine ? mine.refused : text(field(created?.body, 'message'));
      if (id === '') return { differs: `only we refuse ${words.join(' ')}: ${why}` };
      return difference(words, ...(await Promise.all([inspect(theirs.id), inspect(id)])));
    }

    it('is the same for every sample of every flag', { timeout: TIMEOUT }, async () => {
      const packs = packsOf(GOOD.filter(knownTo(engine.apiVersion)), 4);
      expect(await differences([...packs, ...each(WITH_NETWORK)], compare)).toEqual([]);
    });

    it(`is the same for generated commands (seed ${seed})`, { timeout: TIMEOUT }, async () => {
      refusedByBoth = 0;
      const commands = commandsOf(GOOD.filter(knownTo(engine.apiVersion)), 150, seed + 1);
      expect(await differences(each(commands), compare)).toEqual([]);
      expect(refusedByBoth).toBeLessThan(commands.length / 2);
    });

    it('is made by neither when a value or a combination is wrong', { timeout: TIMEOUT }, async () => {
      refusedByBoth = 0;
      const wrong = [
        ...alone(BAD.filter(knownTo(engine.apiVersion))),
        ...BAD_TOGETHER,
        ...(major >= 23 ? BAD_SINCE_CLI_23 : []),
      ];
      expect(await differences(each(wrong), compare)).toEqual([]);
      expect(refusedByBoth).toBe(wrong.length);
    });
  },
);
