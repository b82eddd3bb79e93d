import { describe, expect, it } from 'vitest';
import { containerOf } from './agent-container.ts';
import { BUILT_IN_TYPES } from './agent-types.ts';
import { commandAsInput } from './run-command.ts';
import type { PlainInput } from './spec-input.ts';
import { problemsOf, settledSpec } from './testing/specs.ts';

const read = (command: string) => commandAsInput(command, BUILT_IN_TYPES);
const refused = (command: string) => problemsOf(() => read(command));

/** Commands as people copy them from a README, and what of the input they make. */
const PASTED: readonly (readonly [string, PlainInput])[] = [
  [
    'docker run -d --name redis -p 6379:6379 redis:7-alpine redis-server --appendonly yes',
    {
      name: 'redis',
      type: 'custom',
      image: 'redis:7-alpine',
      command: ['redis-server', '--appendonly', 'yes'],
      tty: false,
      stdin: false,
      ports: ['6379:6379'],
    },
  ],
  [
    `sudo docker run --detach \\
      --name=postgres \\
      -e POSTGRES_PASSWORD='s3cret word' \\
      -e "PGDATA=/var/lib/postgresql/data/pgdata" \\
      -v /srv/pg:/var/lib/postgresql/data \\
      --shm-size=256mb \\
      --restart unless-stopped \\
      postgres:16`,
    {
      name: 'postgres',
      image: 'postgres:16',
      env: { POSTGRES_PASSWORD: 's3cret word', PGDATA: '/var/lib/postgresql/data/pgdata' },
      volumes: [{ source: '/srv/pg', target: '/var/lib/postgresql/data', create: true }],
      resources: { shmSize: '256m' },
      restart: 'unless-stopped',
    },
  ],
  ['$ docker run -it ubuntu bash', { image: 'ubuntu', command: ['bash'], tty: true, stdin: true }],
  [
    'docker run --gpus all --ipc=host --ulimit memlock=-1 --ulimit stack=67108864 -it nvcr.io/nvidia/pytorch:24.01-py3',
    {
      resources: { gpus: 'all', ulimits: ['memlock=-1', 'stack=67108864'] },
      startArgs: ['--ipc', 'host'],
    },
  ],
  [
    `docker run --gpus '"device=0,2"' vllm/vllm-openai --model x`,
    { resources: { gpus: ['0', '2'] }, command: ['--model', 'x'] },
  ],
  [
    'docker run --mount type=bind,source="/srv/my site",target=/usr/share/nginx/html,readonly -p 8080-8082:80-82 nginx',
    { volumes: ['/srv/my site:/usr/share/nginx/html:ro'], ports: ['8080-8082:80-82'] },
  ],
  [
    'docker run -m 512m --cpus=1.5 --memory-swap 1g --pids-limit 100 alpine',
    { resources: { memory: '512m', cpu: 1.5, pids: 100 }, startArgs: ['--memory-swap', '1g'] },
  ],
  [
    'docker run --network backend --network-alias db --hostname db-1 mysql:8',
    { hostname: 'db-1', startArgs: ['--network', 'backend', '--network-alias', 'db'] },
  ],
  ['docker run --net backend mysql:8', { networks: ['backend'] }],
  ['docker run --network host -p 80:80 nginx', { security: { hostNetwork: true } }],
  [
    'docker run -v /var/run/docker.sock:/var/run/docker.sock -v portainer_data:/data portainer/portainer-ce',
    {
      volumes: [
        { source: '/var/run/docker.sock', target: '/var/run/docker.sock', create: true },
        'portainer_data:/data',
      ],
    },
  ],
  [
    'docker run --privileged --pid=host --device /dev/kvm --device vendor.com/class=one img',
    {
      security: { privileged: true, hostPid: true },
      devices: ['/dev/kvm', 'vendor.com/class=one'],
    },
  ],
  [
    'docker run --read-only --cap-drop=ALL --security-opt=no-new-privileges --tmpfs /tmp:size=64m img',
    {
      tmpfs: { '/tmp': 'size=64m' },
      startArgs: ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    },
  ],
  [
    'docker run --cap-add=SYS_PTRACE --add-host=db:10.0.0.5 --dns 1.1.1.1 -u 1000:1000 -w /work img',
    {
      startArgs: ['--cap-add', 'CAP_SYS_PTRACE'],
      extraHosts: ['db:10.0.0.5'],
      dns: ['1.1.1.1'],
      user: '1000:1000',
      workdir: '/work',
    },
  ],
  [
    `docker run --entrypoint /bin/sh --log-opt max-size=5m --log-opt max-file=2 img -c 'echo "$HOME"'`,
    { entrypoint: ['/bin/sh'], logging: { maxSize: '5m', maxFile: 2 }, command: ['-c', 'echo "$HOME"'] },
  ],
  ["docker run --entrypoint '' img id", { entrypoint: [], command: ['id'] }],
  [
    'docker run --log-driver local --storage-opt size=10G img',
    { startArgs: ['--log-driver', 'local'], resources: { diskQuota: '10G' } },
  ],
  [
    'docker container run --pull=always --init --platform linux/arm64 img',
    { pull: 'always', startArgs: ['--platform', 'linux/arm64', '--init'] },
  ],
  ['docker run slipway/claude', { type: 'claude' }],
];

describe('a docker run command as people paste it', () => {
  it.each(PASTED)('is read: %s', (command, expected) => {
    const { input } = read(command);
    expect(input).toMatchObject(expected);
    if (!('startArgs' in expected) && !command.includes('host -p'))
      expect(input).not.toHaveProperty('startArgs');
    // what comes out is what a spawn takes
    expect(() => settledSpec(input)).not.toThrow();
  });

  it('has an image of its own only when no type has that image', () => {
    expect(read('docker run slipway/claude').input).not.toHaveProperty('image');
    expect(read('docker run slipway/claude:old').input).toMatchObject({
      type: 'custom',
      image: 'slipway/claude:old',
    });
  });

  it('leaves what it does not say to the defaults of Slipway', () => {
    const spec = settledSpec(read('docker run nginx').input);
    expect(spec).toMatchObject({
      networks: ['slipway-agents'],
      resources: { memory: 512 * 1024 ** 2, cpu: 0.5, pids: 512 },
      security: { profile: 'standard' },
    });
  });

  it('weakens nothing by leaving security flags out, and keeps what it says of them', () => {
    const spec = settledSpec(read('docker run --read-only --cap-drop=ALL img').input);
    const { HostConfig } = containerOf('ada', spec, {}).body;
    expect(HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    });
    expect(HostConfig.CapAdd ?? []).toEqual([]);
    expect(HostConfig).not.toHaveProperty('Tmpfs');
  });

  it('keeps flags about the terminal of docker out, and says why', () => {
    expect(read('docker run -d -q --sig-proxy=false nginx').notes.map(({ flag }) => flag)).toEqual([
      '--detach',
      '--quiet',
      '--sig-proxy',
    ]);
  });

  it('gets another name when its own is none for an agent', () => {
    const { input, notes } = read('docker run --name my.web.app nginx');
    expect(input).not.toHaveProperty('name');
    expect(notes).toEqual([{ flag: '--name', why: '"my.web.app" is no name for an agent: one is made' }]);
  });

  it('is kept when it wants to be removed at its end, and that is said', () => {
    const { input, notes } = read('docker run --rm -it alpine');
    expect(input).toMatchObject({ type: 'custom', image: 'alpine', tty: true });
    expect(notes.map(({ flag }) => flag)).toEqual(['--rm']);
  });

  it.each([
    [
      'docker run --env-file .env alpine',
      'command[3]',
      /--env-file is not for Slipway: .*give the variables as --env/,
    ],
    ['docker run -v ./data:/data alpine', 'command[3]', /must not use a relative path/],
    ['docker run -v ~/data:/data alpine', 'command[3]', /must not use "~"/],
    ['docker run -v $PWD:/data alpine', 'command', /\$PWD is not filled in here/],
    ['docker run -e TOKEN alpine', 'command[3]', /must give the value too/],
    ['docker run --memroy 1g alpine', 'command[2]', /did you mean --memory/],
    ['docker run --network-alias db alpine', 'command', /for networks of your own only/],
    ['docker compose up', 'command[1]', /must be docker run or docker create/],
    ['docker run nginx && echo done', 'command', /only one command/],
    ['docker run -it', 'command[2]', /ends without an image/],
  ])('is refused with its place: %s', (command, field, rule) => {
    const [problem] = refused(command);
    expect(problem?.field).toBe(field);
    expect(problem?.rule).toMatch(rule);
  });

  it('is refused without repeating the value of a variable', () => {
    expect(JSON.stringify(refused('docker run -e =hunter2 --rm alpine'))).not.toContain('hunter2');
  });
});
