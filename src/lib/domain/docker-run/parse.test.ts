import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAGS, nearestFlag } from './flags.ts';
import { parseCommand, parseFlags } from './parse.ts';

const problems = (...words: string[]) => parseFlags(words).problems;

describe('flags', () => {
  it('are read in each of their forms', () => {
    const forms = [
      ['--publish=8080:80'],
      ['--publish', '8080:80'],
      ['-p=8080:80'],
      ['-p', '8080:80'],
      ['-p8080:80'],
    ];
    const [first, ...others] = forms.map((words) => parseFlags(words));
    expect(first?.options.host.PortBindings).toEqual({ '80/tcp': [{ HostIp: '', HostPort: '8080' }] });
    for (const other of others) expect(other).toEqual(first);
  });

  it('without a value may stand together', () => {
    const { options, notes } = parseFlags(['-itd', '--init=false', '-Pe', 'A=1']);
    expect(options.config).toEqual({ OpenStdin: true, Tty: true, Env: ['A=1'] });
    expect(options.host).toEqual({ Init: false, PublishAllPorts: true });
    expect(notes).toEqual([{ flag: '--detach', why: 'an agent always starts detached' }]);
  });

  it('without a value do not take the next word', () => {
    expect(problems('--tty', 'false')).toEqual([
      {
        field: 'startArgs[1]',
        value: 'false',
        rule: 'is no flag: image and command have fields of their own',
      },
    ]);
  });

  it('given again replace or add, as the CLI does', () => {
    const { options } = parseFlags([
      '-m1g',
      '-m',
      '2g',
      '-e',
      'A=1',
      '-eB=2',
      '-e',
      'A=3',
      '--dns=10.0.0.1',
      '--dns=10.0.0.2',
      '-la=1',
      '-la=2',
      '--ulimit=core=1',
      '--ulimit=core=0',
    ]);
    expect(options.host).toEqual({
      Memory: 2 * 1024 ** 3,
      Dns: ['10.0.0.1', '10.0.0.2'],
      Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }],
    });
    expect(options.config).toEqual({ Env: ['B=2', 'A=3'], Labels: { a: '2' } });
  });

  it('have other names that the CLI keeps', () => {
    expect(parseFlags(['--net=a', '--net-alias=b', '--dns-opt=c'])).toEqual(
      parseFlags(['--network=a', '--network-alias=b', '--dns-option=c']),
    );
  });

  it('end at two hyphens, behind which nothing may come', () => {
    expect(problems('--tty', '--')).toEqual([]);
    expect(problems('--', '--tty')).toHaveLength(1);
  });

  it.each([
    ['--rm', /^--rm is not for Slipway: a container that removes itself takes the evidence/],
    ['--cidfile=/x', /^--cidfile is not for Slipway: it writes a file/],
    ['--env-file=.env', /^--env-file is not for Slipway: it reads a file/],
    ['--label-file=x', /^--label-file is not for Slipway/],
    ['--use-api-socket', /^--use-api-socket is not for Slipway/],
    ['--cpu-count=2', /^--cpu-count is not for Slipway: it is for Windows/],
    ['--kernel-memory=1g', /^--kernel-memory is not for Slipway/],
    ['--help', /^--help is not for Slipway/],
    ['--disable-content-trust=false', /^--disable-content-trust must be true/],
    ['--isolation=hyperv', /^--isolation must be one of default/],
    ['--memory=5m', /^--memory must be at least 6m/],
    ['--memory', /^--memory must have a value/],
    ['--memroy=1g', /^there is no flag --memroy; did you mean --memory\?/],
    ['--xyz', /^there is no flag --xyz$/],
    ['-x', /^there is no flag -x$/],
    ['-itx', /^there is no flag -x$/],
    ['--cpus 4', /^must be one word/],
    ['nginx', /^is no flag/],
    ['--__proto__=1', /^there is no flag --__proto__/],
  ])('%s is refused with the reason', (word, rule) => {
    expect(problems(word)).toEqual([
      {
        field: 'startArgs[0]',
        value: expect.any(String) as string,
        rule: expect.stringMatching(rule) as string,
      },
    ]);
  });

  it('about a terminal change nothing, and say so', () => {
    const {
      notes,
      problems: none,
      options,
    } = parseFlags([
      '-a',
      'stdout',
      '--sig-proxy=false',
      '--detach-keys=ctrl-a',
      '-q',
      '--disable-content-trust',
    ]);
    expect(none).toEqual([]);
    expect(notes.map((note) => note.flag)).toEqual([
      '--attach',
      '--sig-proxy',
      '--detach-keys',
      '--quiet',
      '--disable-content-trust',
    ]);
    expect(options).toEqual({ config: {}, host: {}, networks: [], endpoint: {} });
  });

  it('name the word that is wrong, each of them, and keep the rest', () => {
    const { problems: found, options } = parseFlags(['--cpus', 'x', '--tty', '--rm', '-v', './a:/b']);
    expect(found.map(({ field, value }) => [field, value])).toEqual([
      ['startArgs[1]', 'x'],
      ['startArgs[3]', '--rm'],
      ['startArgs[5]', './a:/b'],
    ]);
    expect(options.config.Tty).toBe(true);
  });

  it('do not repeat what may be a secret in the wrong place', () => {
    expect(
      JSON.stringify(
        parseFlags(['--evn=TOKEN=hunter2', '--env==hunter2', '--env-file=hunter2', 'TOKEN=hunter2']),
      ),
    ).not.toContain('hunter2');
  });

  it.each([
    [['--no-healthcheck', '--health-cmd=x'], '--no-healthcheck conflicts with --health-*'],
    [['--log-driver=none', '--log-opt=a=b'], '--log-opt has no meaning with the log driver none'],
    [
      ['--cpus=1', '--cpu-quota=1000'],
      '--cpus says the same as --cpu-period and --cpu-quota: give one of them',
    ],
    [['--network=a', '--network=a'], '--network names "a" twice'],
    [
      ['--network=a', '--network=host'],
      '--network cannot mix networks of your own with host, none, bridge or container:',
    ],
    [
      ['--network=name=host,alias=x'],
      '--network has aliases for "host": only networks of your own have names',
    ],
    [['--network=name=a,ip=10.0.0.1', '--ip=10.0.0.2'], '--ip is in --network already: give it once'],
    [['--network=host', '--network-alias=x'], '--network-alias is for networks of your own only'],
    [['--network=container:a', '-p80:80'], '--publish belongs to the container whose network is shared'],
    [['--uts=host', '-hx'], '--hostname would rename the host with --uts host'],
    [['-v/a:/x', '--tmpfs=/x/'], 'two mounts have the target /x'],
  ])('%j are wrong together', (words, rule) => {
    expect(parseFlags(words).problems.map((problem) => problem.rule)).toEqual([rule]);
  });

  it('that are no conflict are none', () => {
    expect(
      problems(
        '--no-healthcheck',
        '--health-cmd=',
        '--health-interval=0',
        '--cpus=1',
        '--cpu-quota=0',
        '-v/a:/x',
        '-v/a:/x',
      ),
    ).toEqual([]);
  });

  it('ask for a bounded number of ports', () => {
    expect(problems('-p1-65535', '-p1-65535')).toHaveLength(1);
  });

  it('are never thrown at, and every problem names a word', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom(...FLAGS.keys()).chain((name) => fc.string().map((value) => `--${name}=${value}`)),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        for (const problem of parseFlags(words).problems) {
          expect(problem.field).toMatch(/^startArgs\[\d\]$/);
          expect(problem.rule).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a misspelt flag', () => {
  it.each([
    ['memroy', 'memory'],
    ['evn', 'env'],
    ['volumes', 'volume'],
    ['capadd', 'cap-add'],
    ['publsh-all', 'publish-all'],
    ['completely-different', null],
    ['', null],
  ])('%s is nearest to %s', (name, flag) => {
    expect(nearestFlag(name)).toBe(flag);
  });
});

describe('a command', () => {
  it('has flags, image and command', () => {
    const {
      options,
      image,
      command,
      problems: none,
    } = parseCommand(`docker run -it --name web -e 'A=b c' nginx:1 sh -c "echo hi" --tty`);
    expect(none).toEqual([]);
    expect([options.name, image, command]).toEqual(['web', 'nginx:1', ['sh', '-c', 'echo hi', '--tty']]);
    expect(options.config).toEqual({ OpenStdin: true, Tty: true, Env: ['A=b c'] });
  });

  it.each([
    'docker create x',
    'docker container run x',
    'sudo docker run x',
    '$ docker run x',
    '/usr/bin/docker run x',
    'podman run x',
    'docker run -- x',
  ])('may be %s', (text) => {
    expect(parseCommand(text)).toMatchObject({ image: 'x', command: null, problems: [] });
  });

  it.each([
    ['nginx', 'must begin with docker run'],
    ['', 'must begin with docker run'],
    ['A=1 docker run x', 'must begin with docker run'],
    ['docker ps', 'must be docker run or docker create'],
    ['docker', 'must be docker run or docker create'],
    ['docker -H tcp://a run x', 'stands before run: the host is chosen in Slipway, not with flags of docker'],
    ['docker run -it', 'ends without an image'],
    ['docker run', 'ends without an image'],
    [
      'docker run $IMAGE',
      '$IMAGE is not filled in here: write its value, or put a real dollar sign in single quotes (character 12)',
    ],
    ['docker run x | cat', 'a pipe has no place here: give the docker command alone (character 14)'],
  ])('is not %j', (text, rule) => {
    expect(parseCommand(text).problems.map((problem) => problem.rule)).toEqual([rule]);
  });

  it('finds its image behind a misspelt flag', () => {
    expect(parseCommand('docker run --evn A=1 nginx')).toMatchObject({ image: 'nginx', command: null });
  });

  it('may be given as words, which no shell has to split', () => {
    expect(parseCommand(['docker', 'run', 'x', '$HOME', 'a b'])).toMatchObject({
      image: 'x',
      command: ['$HOME', 'a b'],
      problems: [],
    });
  });
});
