import { describe, expect, it } from 'vitest';
import { applyRunOptions, bareBody } from './apply.ts';
import type { CreateBody } from './create-body.ts';
import { withoutDefaults } from './defaults.ts';
import { formatFlags, formatRun } from './format.ts';
import { parseCommand, parseFlags, type ParsedCommand } from './parse.ts';
import { splitCommand } from './split.ts';
import { commandsOf, formsOf } from './testing/commands.ts';
import { GOOD, WITH_NETWORK, WITH_NEW_NETWORKS } from './testing/samples.ts';

function bodyOf({ options, image, command, problems }: ParsedCommand): CreateBody {
  expect(problems).toEqual([]);
  const applied = applyRunOptions(bareBody(image ?? '', command), options);
  if ('problems' in applied) throw new Error(applied.problems[0]?.rule);
  return withoutDefaults(applied.body);
}

describe('a body as a docker run command', () => {
  it('is one flag a line, in words that a person knows', () => {
    const body: CreateBody = {
      Image: 'nginx:1',
      Cmd: ['nginx', '-g', 'daemon off;'],
      Tty: true,
      Env: ['GREETING=hello world', 'EMPTY='],
      Labels: { 'dev.slipway.agent.id': 'abc', team: 'web' },
      Healthcheck: { Test: ['CMD-SHELL', 'curl -f http://localhost'], Interval: 90e9 },
      ExposedPorts: { '80/tcp': {}, '9000/tcp': {} },
      HostConfig: {
        Memory: 512 * 1024 ** 2,
        NanoCpus: 500_000_000,
        PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] },
        Binds: ['/srv/my site:/data:ro'],
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
        NetworkMode: 'backend',
        Privileged: false,
      },
      NetworkingConfig: { EndpointsConfig: { backend: { Aliases: ['web'] } } },
    };
    expect(formatRun(body, { name: 'web' }).text).toBe(
      String.raw`docker run --detach \
  --name web \
  --tty \
  --env 'GREETING=hello world' \
  --env EMPTY= \
  --label team=web \
  --restart on-failure:3 \
  --health-cmd 'curl -f http://localhost' \
  --health-interval 90s \
  --memory 512m \
  --cpus 0.5 \
  --network backend \
  --network-alias web \
  --publish 127.0.0.1:8080:80 \
  --expose 9000/tcp \
  --volume '/srv/my site:/data:ro' \
  nginx:1 nginx -g 'daemon off;'`,
    );
  });

  it('leaves out what an engine takes anyway', () => {
    const idle: CreateBody = {
      Image: 'a',
      Tty: false,
      Env: [],
      HostConfig: {
        Memory: 0,
        MemorySwappiness: -1,
        NetworkMode: 'default',
        RestartPolicy: { Name: 'no' },
        LogConfig: { Type: '', Config: {} },
      },
    };
    expect(formatRun(idle).words).toEqual(['docker', 'run', '--detach', 'a']);
  });

  it('says an entrypoint of several words as entrypoint and command', () => {
    expect(formatRun({ ...bareBody('a', ['x']), Entrypoint: ['sh', '-c'] }).words).toEqual([
      'docker',
      'run',
      '--detach',
      '--entrypoint',
      'sh',
      'a',
      '-c',
      'x',
    ]);
  });

  it('says a health check of words as a line', () => {
    expect(formatFlags({ ...bareBody('a'), Healthcheck: { Test: ['CMD', 'test', '-f', '/a b'] } })).toEqual([
      '--health-cmd',
      "test -f '/a b'",
    ]);
  });

  it('gives flags that startArgs reads back', () => {
    const words = ['--memory', '1g', '--env', 'A=b c', '--cap-add', 'CAP_NET_ADMIN'];
    const { options } = parseFlags(words);
    const applied = applyRunOptions(bareBody('a'), options);
    expect('body' in applied && [...formatFlags(applied.body)].sort()).toEqual([...words].sort());
  });
});

describe('a command, its body and the command of that body', () => {
  const seed = Number(process.env['SLIPWAY_TEST_SEED'] ?? 20_260_301);
  const singles = GOOD.flatMap((sample) => formsOf(sample).slice(0, 1));
  const generated = commandsOf(GOOD, 1000, seed).filter((words) => parseFlags(words).problems.length === 0);

  it(`make the same body again (seed ${seed})`, () => {
    expect(generated.length).toBeGreaterThan(500);
    for (const flags of [...singles, ...WITH_NETWORK, ...WITH_NEW_NETWORKS, ...generated]) {
      const words = ['docker', 'run', '--name=web', ...flags, 'busybox', 'echo', "it's", '$HOME', ''];
      const parsed = parseCommand(words);
      const body = bodyOf(parsed);
      const formatted = formatRun(body, { name: parsed.options.name, platform: parsed.options.platform });
      expect(splitCommand(formatted.text), formatted.text).toEqual({ words: formatted.words });
      const again = parseCommand(formatted.text);
      expect(bodyOf(again), `${words.join(' ')}\n${formatted.text}`).toEqual(body);
      expect([again.options.name, again.options.platform ?? '']).toEqual([
        'web',
        parsed.options.platform ?? '',
      ]);
    }
  });
});
