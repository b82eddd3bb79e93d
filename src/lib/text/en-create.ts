/** The words of the launch form, in English. */
import type { CheckView } from '../protocol/views.ts';

const count = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

interface FieldWords {
  readonly label: string;
  readonly help?: string;
  /** What an empty field means, or how it is written. */
  readonly placeholder?: string;
}

const fields = {
  type: { label: 'Type' },
  name: { label: 'Name', help: 'Also its DNS name on the network. Left out: one is made.' },
  host: { label: 'Host' },
  memory: { label: 'Memory', help: 'Such as 512m or 2g. 0 is unlimited.' },
  cpu: { label: 'CPU', help: 'Such as 0.5 or 2. 0 is unlimited.' },

  image: { label: 'Image', help: 'Name and tag, as docker pull takes it.' },
  dockerfile: {
    label: 'Dockerfile',
    help: 'Built first, without other files; the agent runs what comes of it. Image is then the name that it gets.',
    placeholder: 'none: the image is used as it is',
  },
  pull: { label: 'Pull' },
  command: {
    label: 'Command',
    help: 'One word a line, as it reaches the container: no shell reads it. A JSON list works too.',
    placeholder: 'as the image says',
  },
  entrypoint: {
    label: 'Entrypoint',
    help: 'Stands before everything else that is run. One word a line.',
    placeholder: 'as the image says',
  },
  workdir: { label: 'Working folder', placeholder: 'as the image says' },
  user: {
    label: 'User',
    help: 'Name or number, with a group if need be: 1000:1000.',
    placeholder: 'as the image says',
  },
  hostname: { label: 'Host name inside', placeholder: 'the name of the agent' },
  tty: { label: 'Terminal', help: 'Colours and full-screen programs need one.' },
  stdin: { label: 'Keep stdin open', help: 'So that it can be typed to.' },

  pids: { label: 'Processes and threads', help: '0 is unlimited.' },
  gpus: { label: 'GPUs', help: 'all, how many, or device=0,1.', placeholder: 'none' },
  shmSize: { label: 'Size of /dev/shm', help: 'Browsers need more: 1g.', placeholder: "the engine's: 64m" },
  diskQuota: {
    label: 'Disk',
    help: 'For its own files, where the storage driver can.',
    placeholder: 'unlimited',
  },
  ulimits: {
    label: 'Ulimits',
    help: 'name=soft[:hard], one a line.',
    placeholder: "the engine's, or such as\nnofile=65536:65536",
  },

  env: {
    label: 'Environment',
    help: 'KEY=value, one a line. A JSON object works too, for values of several lines.',
    placeholder: 'none, or such as\nLANG=C.UTF-8\nEDITOR=vim',
  },
  secrets: {
    label: 'Secrets',
    help: 'VARIABLE=NAME of a secret, one a line.',
    placeholder: 'none, or such as\nANTHROPIC_API_KEY=ANTHROPIC_API_KEY',
  },

  volumes: {
    label: 'Volumes and folders',
    help: 'source:target[:mode], one a line. The source is the name of a volume, which is made when it is absent, or a path of the host. Modes: ro, rw, z, Z; create makes a path of the host that is not there.',
    placeholder: 'none, or such as\nwork:/workspace\n/srv/data:/data:ro',
  },
  sharedVolumes: {
    label: 'Shared in the group',
    help: 'name:target, one a line: a volume that all agents of one group have in common, such as a login. The group stands under labels and grouping.',
    placeholder: 'none, or such as\nlogin:/home/agent/.config',
  },
  tmpfs: {
    label: 'Folders that are forgotten',
    help: 'A tmpfs: path[:options], one a line.',
    placeholder: 'none, or such as\n/tmp:size=256m',
  },
  devices: {
    label: 'Devices',
    help: 'host[:inside][:rwm], one a line.',
    placeholder: 'none, or such as\n/dev/kvm',
  },

  networks: { label: 'Networks', help: 'By name, one a line.' },
  ports: {
    label: 'Ports',
    help: '[address:]host:container[/udp], one a line. Without an address only this host reaches it.',
    placeholder: 'none, or such as\n8080:80\n9000-9005:9000-9005/udp',
  },
  dns: { label: 'DNS servers', help: 'Addresses, one a line.', placeholder: "the engine's" },
  extraHosts: {
    label: 'Further host names',
    help: 'name:address, one a line. host.docker.internal is there always.',
    placeholder: 'none, or such as\ndb.internal:10.0.0.7',
  },

  readiness: { label: 'Ready when' },
  readyLog: {
    label: 'Line that it prints',
    help: 'A regular expression (RE2).',
    placeholder: 'listening on',
  },
  readyPort: { label: 'Port inside', placeholder: '8080' },
  readyPath: { label: 'Path', placeholder: '/' },
  readyStatus: { label: 'Answer with status', placeholder: '200' },
  readyExec: {
    label: 'Program that ends with 0',
    help: 'One word a line.',
    placeholder: 'curl\n-f\nlocalhost:8080/health',
  },
  readyTimeout: { label: 'Within', help: 'Such as 90s or 5m; after that it has failed.' },
  restart: { label: 'Restart by the engine', help: 'When its main process ends.' },
  restartTimes: { label: 'Times at most', placeholder: 'without end' },
  idle: { label: 'Stop when idle', help: 'It can be started again, and its files are kept.' },
  idleTimeout: { label: 'Idle for', help: 'Such as 800, 15m or 2h.' },
  ttl: {
    label: 'Stop at the age of',
    help: 'Counted from its start, whatever it does. 0 is never.',
    placeholder: 'never',
  },
  ssh: {
    label: 'sshd inside',
    help: 'Needs openssh-server in the image. The ssh gateway of Slipway needs nothing in it.',
  },
  beforeStop: {
    label: 'Snapshot before each stop',
    help: 'When it fails, your stop is not done. A stop for idleness or age goes on without it.',
  },
  beforeRemove: { label: 'Snapshot before its removal', help: 'It stays when the agent is gone.' },
  snapshotEvery: {
    label: 'Snapshot every',
    help: 'While it runs. Such as 6h; 0 is never.',
    placeholder: 'never',
  },
  snapshotKeep: {
    label: 'How many of these stay',
    help: 'The newest. One that agents use, or that you commented, is never deleted.',
    placeholder: 'all',
  },

  profile: { label: 'Profile' },
  privileged: {
    label: 'Privileged',
    help: 'Every capability and every device of the host. Whoever is inside is root on the host.',
  },
  hostNetwork: {
    label: 'Network of the host',
    help: 'No network of its own: it sees and opens every port of the host. Ports and networks have no meaning then.',
  },
  hostPid: {
    label: 'Processes of the host',
    help: 'It sees every process of the host, with their arguments, and may signal those of its user.',
  },
  engineSocket: {
    label: "The engine's socket",
    help: 'It may start any container, so it is as good as root on the host. For agents that build images.',
  },
  runtime: { label: 'Runtime', help: 'One that the host knows, such as runsc.', placeholder: "the host's" },

  logSize: { label: 'Size of a log file', help: 'Such as 10m.' },
  logFiles: { label: 'Log files kept', help: 'The oldest goes when one more is needed.' },

  tags: {
    label: 'Tags',
    help: 'key=value, one a line. They are fixed when the agent is made.',
    placeholder: 'none, or such as\nteam=infra\nticket=4711',
  },
  role: { label: 'Role', help: 'Free text, to filter by.', placeholder: 'none' },
  group: {
    label: 'Group',
    help: 'Agents of one group have their shared volumes in common.',
    placeholder: 'none',
  },
  capabilities: {
    label: 'Capabilities',
    help: 'What it is good at, one a line, to filter by. Nothing to do with those of Linux.',
    placeholder: 'none, or such as\npython\nreview',
  },

  startArgs: {
    label: 'Flags of docker run',
    help: 'One or several a line, quoted as in a shell; nothing is run or filled in. They win over the fields above.',
    placeholder: 'none, or such as\n--cap-add SYS_PTRACE\n--label "note=two words"',
  },
} as const satisfies Record<string, FieldWords>;

type Named = CheckView['name'];

export const c = {
  title: 'New agent',
  cloneTitle: (name: string) => `New agent like ${name}`,
  editTitle: (name: string) => `Edit ${name}`,
  on: (hosts: string) => `on ${hosts}`,
  notBuilt: 'image not built yet',
  needsImage: 'needs an image',
  cores: 'cores',
  auto: 'Auto',
  autoOn: (host: string) => `Auto, will be ${host}`,
  locked: 'Stays as it is.',
  fields: fields as Readonly<Record<keyof typeof fields, FieldWords>>,

  secretsHelp: (names: readonly string[]) =>
    names.length === 0
      ? 'VARIABLE=NAME of a secret, one a line. There are none yet: save one under Settings, Secrets.'
      : `VARIABLE=NAME of a secret, one a line. There are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}. It reaches the program through a file that no snapshot holds; with " env" behind the name as a plain variable, for images without a shell.`,
  advanced: 'Advanced',
  allStandard: 'image, limits, files, network, security and more, all as the type has it',
  setIn: (groups: readonly string[]) => `set: ${groups.join(', ')}`,
  groups: {
    image: 'Image and what it runs',
    limits: 'Limits',
    environment: 'Environment',
    files: 'Files',
    network: 'Network',
    rules: 'Rules',
    security: 'Security',
    logging: 'Logging',
    labels: 'Labels and grouping',
    startArgs: 'Start args',
  },
  standard: 'as the type has it',

  /** Parts of a group's summary. */
  sum: {
    image: 'own image',
    dockerfile: 'own Dockerfile',
    command: 'own command',
    entrypoint: 'own entrypoint',
    pull: (when: string) => `pull ${when}`,
    in: (folder: string) => `in ${folder}`,
    as: (user: string) => `as ${user}`,
    called: (name: string) => `called ${name}`,
    tty: (on: boolean) => (on ? 'terminal' : 'no terminal'),
    stdin: (on: boolean) => (on ? 'stdin open' : 'stdin closed'),
    pids: (n: string) => (n === '0' || n === 'unlimited' ? 'any number of processes' : `${n} processes`),
    gpus: (what: string) => (/^\d+$/.test(what) ? count(Number(what), 'GPU', 'GPUs') : `GPUs ${what}`),
    shm: (size: string) => `/dev/shm ${size}`,
    disk: (size: string) => `${size} of disk`,
    ulimits: (n: number) => count(n, 'ulimit', 'ulimits'),
    env: (n: number) => count(n, 'variable', 'variables'),
    secrets: (n: number) => count(n, 'secret', 'secrets'),
    volumes: (n: number) => count(n, 'volume', 'volumes'),
    shared: (n: number) => `${n} shared`,
    tmpfs: (n: number) => `${n} tmpfs`,
    devices: (n: number) => count(n, 'device', 'devices'),
    networks: (n: number) => count(n, 'network', 'networks'),
    ports: (n: number) => count(n, 'port', 'ports'),
    dns: (n: number) => count(n, 'DNS server', 'DNS servers'),
    extraHosts: (n: number) => count(n, 'host name', 'host names'),
    ssh: 'sshd inside',
    readiness: (kind: string) => `ready by ${kind}`,
    within: (time: string) => `within ${time}`,
    restart: (policy: string) => `restart ${policy}`,
    idle: (mode: string) => (mode === 'disabled' ? 'never idle' : `idle by ${mode}`),
    idleFor: (time: string) => `idle for ${time}`,
    ttl: (age: string) => (age === '0' ? 'any age' : `age ${age}`),
    beforeStop: 'snapshot before a stop',
    beforeRemove: 'snapshot before removal',
    snapshotEvery: (span: string) => (span === '0' ? 'no snapshots by the clock' : `snapshot every ${span}`),
    switches: {
      privileged: 'privileged',
      hostNetwork: "the host's network",
      hostPid: "the host's processes",
      engineSocket: "the engine's socket",
    },
    runtime: (name: string) => `runtime ${name}`,
    logs: (size: string, files: string) =>
      [size, files === '' ? '' : `${files} files`].filter(Boolean).join(', '),
    tags: (n: number) => count(n, 'tag', 'tags'),
    role: (name: string) => `role ${name}`,
    group: (name: string) => `group ${name}`,
    capabilities: (n: number) => count(n, 'capability', 'capabilities'),
    flags: (n: number) => count(n, 'word', 'words'),
  },

  /** `standard` is what the type or the instance gives. */
  unset: (standard: string) => `${standard}, as the type says`,
  pulls: { missing: 'when it is not there', always: 'always', never: 'never' },
  yesNo: { on: 'yes', off: 'no' },
  ready: {
    auto: 'it is healthy, or runs if the image has no health check',
    running: 'it runs',
    healthy: 'its health check says so',
    log: 'it prints a line',
    tcp: 'a port is open',
    http: 'it answers over HTTP',
    exec: 'a program inside succeeds',
  },
  restarts: {
    no: 'never',
    'on-failure': 'when it failed',
    'unless-stopped': 'always, unless it was stopped',
    always: 'always',
  },
  idles: {
    io: 'no input, output or ssh',
    user: 'no input or ssh',
    agent: 'no output and no CPU',
    ssh: 'no ssh session',
    boot: 'some time after its start',
    disabled: 'never',
  },
  profiles: {
    standard: 'standard: no new privileges, few capabilities',
    hardened: 'hardened: read-only, no capabilities',
    unrestricted: "unrestricted: Docker's own default",
  },
  profileHelp:
    'Standard is right for most. Hardened keeps all but /tmp and /run from being written. Unrestricted needs an admin, as do the switches below.',
  snapshotRules: 'Snapshots that are taken by themselves',
  switches: 'Each of these needs an admin, or a policy that grants it',

  rules: {
    line: (number: number, rule: string) => `line ${number}: ${rule}`,
    pair: 'must be written as KEY=value',
    secret: 'must be written as VARIABLE=NAME of a secret',
    port: 'must be a port',
    number: 'must be a whole number',
  },

  kept: 'Kept as it is, without a field of its own:',
  drop: 'Leave it out',

  paste: {
    open: 'Paste a docker run command',
    openShort: 'Paste docker run',
    label: 'What you would type in a terminal',
    help: 'It is read, not run: nothing is expanded, and no shell sees it.',
    placeholder: 'docker run -d --name web -p 8080:80 -v data:/data nginx:1.27',
    apply: 'Fill the form from it',
    done: 'The form is filled in from the command.',
    leftOut: (flag: string, why: string) => `${flag} was left out: ${why}`,
    word: (number: number, found: string, rule: string) =>
      found === '' ? `Word ${number} ${rule}` : `Word ${number}, ${found}: ${rule}`,
    found: (found: string, rule: string) => `${found}: ${rule}`,
    offer: 'This is a docker run command.',
    asText: 'Keep it as text',
  },

  preview: 'The same as',
  run: 'docker run',
  json: 'JSON',
  curl: 'curl',
  runLater: 'It shows here when the fields that are marked are right.',
  runFirst: 'The pre-flight writes it.',
  outdated: 'As of the last answer',

  preflight: 'Before the launch',
  checking: 'Checking…',
  unchecked: 'not checked yet',
  atLaunch: 'Without JavaScript it is checked when you ask, and at the launch.',
  checkNow: 'Check first',
  checks: {
    name: 'Name',
    host: 'Host',
    image: 'Image',
    allowed: 'Allowed',
    room: 'Room',
    ports: 'Ports',
    networks: 'Networks',
    mounts: 'Volumes and folders',
  } as const satisfies Record<Named, string>,
  result: { ok: 'Fine', note: 'Note', refused: 'Refused' } as const satisfies Record<
    CheckView['result'],
    string
  >,
  runsOn: (host: string) => `Runs on ${host}`,
  runsNowhere: 'No host takes it',
  fits: 'takes it',
  fitsToo: 'would take it too',
  unreachable: 'Could not be checked',

  launch: (name: string) => (name === '' ? 'Launch' : `Launch ${name}`),
  recreate: (name: string) => `Recreate ${name}`,
  tryAgain: 'Try again',
  editHelp: {
    recreate: 'The new container is made first; the old one is given up when the new one is ready.',
    tryAgain: 'It has no container: its launch begins anew with these fields.',
  },
  nothingChanged: 'Nothing is changed yet.',
  wrong: 'To mend first:',
  moreWrong: (n: number) => count(n, 'more', 'more'),
  launchKeys: 'Ctrl Enter',
} as const;
