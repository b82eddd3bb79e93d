import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, isLoopback, readConfig, type Config } from './config.ts';

interface Given {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly toml?: string;
}

function read({ argv = [], env = {}, toml }: Given = {}): Config {
  const cwd = mkdtempSync(join(tmpdir(), 'slipway-config-'));
  onTestFinished(() => {
    rmSync(cwd, { recursive: true });
  });
  if (toml !== undefined) writeFileSync(join(cwd, 'slipway.toml'), toml);
  return readConfig({ argv, env, cwd });
}

/** Each problem, one line. */
function problems(given: Given): string[] {
  try {
    read(given);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('without anything', () => {
  it('every key has its default', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'slipway-config-'));
    onTestFinished(() => {
      rmSync(cwd, { recursive: true });
    });
    expect(readConfig({ argv: [], env: {}, cwd })).toEqual({
      host: '127.0.0.1',
      port: 3200,
      dataDir: join(cwd, 'data'),
      auth: 'local',
      secretKey: null,
      setupToken: null,
      trustedProxies: [],
      logLevel: 'info',
      devPages: false,
      engine: process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock',
      sshPort: null,
      sshHost: '127.0.0.1',
      network: 'slipway-agents',
      noPull: false,
      logsKeepDays: 30,
      logsMaxBytes: 5 * 1024 ** 3,
      maxUpload: 1024 ** 3,
      defaultMemory: 512 * 1024 ** 2,
      defaultCpu: 0.5,
    });
  });
});

describe('what counts', () => {
  const toml = 'port = 1003\n[docker]\nnetwork = "from-toml"\n[defaults]\nmemory = "3g"\n';
  const env = { PORT: '1002', DOCKER_NETWORK: 'from-env', DEFAULT_MEMORY: '2g' };
  const argv = ['--port', '1001', '--docker-network=from-flag', '--defaults-memory', '1g'];
  const seen = ({ port, network, defaultMemory }: Config) => [
    port,
    network,
    (defaultMemory ?? 0) / 1024 ** 3,
  ];

  it('is the file before the default', () => {
    expect(seen(read({ toml }))).toEqual([1003, 'from-toml', 3]);
  });

  it('is the environment before the file', () => {
    expect(seen(read({ toml, env }))).toEqual([1002, 'from-env', 2]);
  });

  it('is the flag before the environment', () => {
    expect(seen(read({ toml, env, argv }))).toEqual([1001, 'from-flag', 1]);
  });

  it('is what stands behind a variable that is there and empty', () => {
    expect(read({ toml, env: { PORT: '' } }).port).toBe(1003);
  });

  it('is judged alone: a bad value that is overruled does not stop the start', () => {
    expect(read({ toml: 'port = "x"', env: { PORT: '1002' } }).port).toBe(1002);
  });
});

describe('the file', () => {
  it('may be anywhere, when it is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-config-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const file = join(folder, 'other.toml');
    writeFileSync(file, 'port = 1004');
    expect(read({ env: { SLIPWAY_CONFIG: file } }).port).toBe(1004);
  });

  it('has to be there, when it is named', () => {
    expect(problems({ env: { SLIPWAY_CONFIG: '/nowhere/slipway.toml' } })).toEqual([
      'SLIPWAY_CONFIG: there is no file /nowhere/slipway.toml',
    ]);
  });

  it('that is no TOML says where it breaks', () => {
    expect(problems({ toml: 'port = = 3' })[0]).toMatch(/^slipway\.toml: /);
  });

  it('may hold a list where the environment has commas', () => {
    expect(read({ toml: 'trusted_proxies = ["10.0.0.0/8", "::1"]' }).trustedProxies).toEqual([
      '10.0.0.0/8',
      '::1',
    ]);
    expect(read({ env: { SLIPWAY_TRUSTED_PROXIES: '10.0.0.0/8, ::1,' } }).trustedProxies).toEqual([
      '10.0.0.0/8',
      '::1',
    ]);
  });
});

describe('a key that nobody knows', () => {
  it.each<[string, Given, string]>([
    ['in the file', { toml: 'prot = 1' }, 'slipway.toml: prot: unknown setting'],
    [
      'in a table of the file',
      { toml: '[docker]\nsockets = "x"' },
      'slipway.toml: docker.sockets: unknown setting',
    ],
    ['in the environment', { env: { SLIPWAY_DATADIR: 'x' } }, 'SLIPWAY_DATADIR: unknown setting'],
    ['among the flags', { argv: ['--prot', '1'] }, "Unknown option '--prot'"],
    ['as a word without a flag', { argv: ['serve'] }, "Unexpected argument 'serve'"],
  ])('%s stops the start with its full name', (_, given, problem) => {
    expect(problems(given)[0]).toContain(problem);
    expect(problems(given)).toHaveLength(1);
  });

  it('in the environment is no concern of ours when it is not called SLIPWAY_', () => {
    expect(
      problems({ env: { PATH: '/bin', PORTS: 'x', SLIPWAY_NO_INSTALL: '1', SLIPWAY_TEST_ENGINE: 'x' } }),
    ).toEqual([]);
  });
});

describe('a value that is not as expected', () => {
  it.each<[Given, string]>([
    [{ env: { PORT: '70000' } }, 'PORT: "70000" is not a port from 0 to 65535'],
    [{ env: { PORT: '3200x' } }, 'PORT: "3200x" is not a port from 0 to 65535'],
    [{ toml: 'port = 3.5' }, 'slipway.toml: port: 3.5 is not a port from 0 to 65535'],
    [{ toml: 'port = true' }, 'slipway.toml: port: true is not a port from 0 to 65535'],
    [{ argv: ['--port', '-1'] }, "Option '--port' argument is ambiguous"],
    [{ toml: 'host = 7' }, 'slipway.toml: host: 7 is not an address to listen on'],
    [{ env: { SLIPWAY_AUTH: 'off' } }, 'SLIPWAY_AUTH: "off" is not local or none'],
    [
      { env: { SLIPWAY_LOG_LEVEL: 'loud' } },
      'SLIPWAY_LOG_LEVEL: "loud" is not fatal, error, warn, info, debug, trace or silent',
    ],
    [{ env: { SLIPWAY_DEV_PAGES: 'yes' } }, 'SLIPWAY_DEV_PAGES: "yes" is not true or false'],
    [{ env: { DOCKER_NETWORK: '-x' } }, 'DOCKER_NETWORK: "-x" is not the name of a network'],
    [{ env: { DEFAULT_MEMORY: '5m' } }, 'DEFAULT_MEMORY: "5m" is not an amount such as 512m, at least 6m'],
    [
      { env: { DEFAULT_MEMORY: 'lots' } },
      'DEFAULT_MEMORY: "lots" is not an amount such as 512m, at least 6m',
    ],
    [
      { toml: '[defaults]\nmemory = -1' },
      'slipway.toml: defaults.memory: -1 is not an amount such as 512m, at least 6m',
    ],
    [{ env: { DEFAULT_CPU: '0.001' } }, 'DEFAULT_CPU: "0.001" is not a number of cores such as 0.5'],
    [
      { toml: '[defaults]\ncpu = nan' },
      'slipway.toml: defaults.cpu: null is not a number of cores such as 0.5',
    ],
    [
      { toml: '[defaults]\ncpu = inf' },
      'slipway.toml: defaults.cpu: null is not a number of cores such as 0.5',
    ],
    [
      { env: { DOCKER_HOST: 'tcp://10.0.0.1:2375' } },
      'DOCKER_HOST: "tcp://10.0.0.1:2375" is not unix:///path/to/docker.sock or npipe:////./pipe/docker_engine',
    ],
    [
      { env: { SLIPWAY_TRUSTED_PROXIES: '10.0.0.0/40' } },
      'SLIPWAY_TRUSTED_PROXIES: "10.0.0.0/40" is not addresses or networks, separated by commas',
    ],
    [
      { env: { SLIPWAY_TRUSTED_PROXIES: 'proxy.example.test' } },
      'SLIPWAY_TRUSTED_PROXIES: "proxy.example.test" is not addresses or networks, separated by commas',
    ],
    [
      { toml: 'trusted_proxies = [1]' },
      'slipway.toml: trusted_proxies: [1] is not addresses or networks, separated by commas',
    ],
  ])('%j: says where it stands and what was expected', (given, problem) => {
    expect(problems(given)).toHaveLength(1);
    expect(problems(given)[0]).toContain(problem);
  });

  it('is not repeated when it is secret', () => {
    const [problem] = problems({ env: { SLIPWAY_SETUP_TOKEN: 'too-short' } });
    expect(problem).toBe('SLIPWAY_SETUP_TOKEN: what was given is not a text of 16 characters or more');
  });
});

it('several problems are told at once, one line each', () => {
  const given = {
    argv: ['--port', 'x'],
    env: { SLIPWAY_AUTH: 'off', SLIPWAY_OLD: '1' },
    toml: 'colour = "red"\n[defaults]\ncpu = "many"',
  };
  expect(problems(given)).toEqual([
    'slipway.toml: colour: unknown setting',
    'SLIPWAY_OLD: unknown setting',
    '--port: "x" is not a port from 0 to 65535',
    'SLIPWAY_AUTH: "off" is not local or none',
    'slipway.toml: defaults.cpu: "many" is not a number of cores such as 0.5',
  ]);
});

describe('amounts', () => {
  it.each(['0', 'unlimited'])('%s is no limit', (none) => {
    expect(read({ env: { DEFAULT_MEMORY: none, DEFAULT_CPU: none } })).toMatchObject({
      defaultMemory: null,
      defaultCpu: null,
    });
  });

  it('may be numbers in the file', () => {
    expect(read({ toml: '[defaults]\nmemory = 6291456\ncpu = 2' })).toMatchObject({
      defaultMemory: 6291456,
      defaultCpu: 2,
    });
    expect(read({ toml: '[defaults]\nmemory = 0\ncpu = 0' })).toMatchObject({
      defaultMemory: null,
      defaultCpu: null,
    });
  });

  it('may be thousandths of a core', () => {
    expect(read({ env: { DEFAULT_CPU: '250m' } }).defaultCpu).toBe(0.25);
  });
});

describe('the engine', () => {
  it('is DOCKER_HOST, else DOCKER_SOCKET as a path or an address', () => {
    expect(read({ env: { DOCKER_HOST: 'unix:///a.sock', DOCKER_SOCKET: '/b.sock' } }).engine).toBe(
      'unix:///a.sock',
    );
    expect(read({ env: { DOCKER_SOCKET: '/b.sock' } }).engine).toBe('unix:///b.sock');
    expect(read({ env: { DOCKER_SOCKET: 'unix:///b.sock' } }).engine).toBe('unix:///b.sock');
    expect(read({ env: { DOCKER_HOST: 'npipe:////./pipe/docker_engine' } }).engine).toBe(
      'npipe:////./pipe/docker_engine',
    );
  });
});

describe('without sign-in', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('%s may be listened on', (HOST) => {
    expect(read({ env: { SLIPWAY_AUTH: 'none', HOST } }).auth).toBe('none');
  });

  it.each(['0.0.0.0', '::', '192.168.0.7', '127.0.0.1.example.test'])('%s may not', (HOST) => {
    expect(problems({ env: { SLIPWAY_AUTH: 'none', HOST } })).toEqual([
      `SLIPWAY_AUTH: none is allowed only on a loopback address, and HOST is ${HOST}`,
    ]);
  });

  it('it is the same who says so', () => {
    expect(problems({ argv: ['--auth', 'none'], toml: 'host = "0.0.0.0"' })).toHaveLength(1);
  });
});

it.each([
  ['127.0.0.1', true],
  ['localhost', true],
  ['[::1]', true],
  ['127.0.0.1:80', false],
  ['1127.0.0.1', false],
  ['', false],
])('%s is a loopback address: %s', (host, is) => {
  expect(isLoopback(host)).toBe(is);
});
