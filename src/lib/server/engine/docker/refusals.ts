/**
 * The one table from what the engine said to what a person reads. Each row names the status, a pattern of the engine's words and, where the
 * same words mean different things, what we were doing. The first that fits is taken.
 */
import type { ErrorCode } from '#lib/domain/errors.ts';

export type Doing =
  | 'ping'
  | 'read'
  | 'events'
  | 'create'
  | 'start'
  | 'stop'
  | 'kill'
  | 'pause'
  | 'rename'
  | 'remove'
  | 'logs'
  | 'stats'
  | 'commit'
  | 'pull'
  | 'push'
  | 'login'
  | 'build'
  | 'save'
  | 'load'
  | 'archive'
  | 'image'
  | 'network'
  | 'volume'
  | 'update'
  | 'exec';

interface Row {
  readonly status?: number;
  readonly doing?: readonly Doing[];
  /** What its first group catches is the refused value, where the row names a field. */
  readonly words?: RegExp;
  readonly code: ErrorCode;
  /** Said instead of the engine's words, where those would puzzle; they stay in the details. */
  readonly says?: string;
  readonly hint?: string;
  /** Of the spec. */
  readonly field?: string;
}

const MAKING: readonly Doing[] = ['create', 'start'];

/** What stands in the way of making or starting a container, more exactly than the rows after it. */
const FIELDS: readonly Row[] = [
  {
    doing: MAKING,
    words: /unknown (?:or invalid )?runtime(?: specified| name:?)? *(\S*)/i,
    code: 'VALIDATION',
    field: 'runtime',
    hint: 'Choose a runtime that the engine of this host has.',
  },
  {
    doing: MAKING,
    words: /bind source path does not exist: *(.*)/i,
    code: 'VALIDATION',
    field: 'volumes',
    hint: 'Make the path on the host first, or allow it to be made.',
  },
  {
    doing: MAKING,
    words:
      /invalid mount (?:config|path)|volume plugin|(\S+) *includes invalid characters for a local volume/i,
    code: 'VALIDATION',
    field: 'volumes',
  },
  {
    doing: MAKING,
    words: /custom device "([^"]*)"/i,
    code: 'VALIDATION',
    field: 'devices',
    hint: 'Name a device that is on the host.',
  },
  { doing: MAKING, words: /unable to find user ([^:\s]*)/i, code: 'VALIDATION', field: 'user' },
  {
    doing: MAKING,
    words: /working directory '([^']*)'|Cannot mkdir: (?:.*) is not a directory/i,
    code: 'VALIDATION',
    field: 'workdir',
  },
  {
    doing: MAKING,
    words: /storage-opt/i,
    code: 'RESOURCE_LIMIT',
    hint: "This host's storage driver cannot limit disk. Leave the disk quota out, or choose another host.",
  },
  {
    doing: MAKING,
    words: /could not select device driver/i,
    code: 'RESOURCE_LIMIT',
    hint: 'This host has no such GPU, or its engine no driver for it. Choose another host, or ask for none.',
  },
  {
    doing: ['update'],
    words: /device or resource busy|unable to set memory limit/i,
    code: 'RESOURCE_LIMIT',
    hint: 'It uses more than that now. Ask for more, or stop it first.',
  },
];

/** What registries and the builder say, in the engine's words of 20.10 to 28. */
const IMAGES: readonly Row[] = [
  // whatever stopped a build: its base image, its Dockerfile, a step
  { doing: ['build'], code: 'BUILD_FAILED' },
  // the registry does not tell apart what it does not have from what it does not show
  {
    doing: ['pull'],
    words: /pull access denied|repository does not exist/i,
    code: 'IMAGE_NOT_FOUND',
    hint: 'Check the name. If the image is private, add a login for its registry.',
  },
  {
    doing: ['pull', 'push', 'login'],
    words:
      /no basic auth credentials|unauthorized|authentication required|authorization failed|incorrect username or password|\b401\b|\bdenied\b|forbidden/i,
    code: 'PULL_FAILED',
    says: 'The registry refused the login',
    hint: 'Check the user name and password of its login, and what they may do there.',
  },
  {
    words:
      /No such image|image does not exist locally|image not known|reference does not exist|manifest unknown|manifest for .* not found|repository .* not found|name unknown|repository does not exist|pull access denied|does not match the specified platform|no matching manifest|tag does not exist|failed to resolve reference .* not found/i,
    code: 'IMAGE_NOT_FOUND',
  },
  { doing: ['pull', 'push', 'login'], code: 'PULL_FAILED' },
];

/** What the engine says of tars and paths. */
const FILES: readonly Row[] = [
  {
    doing: ['load'],
    words: /invalid tar header|unexpected EOF|(?:repositories|manifest\.json): no such file/i,
    code: 'ENGINE_ERROR',
    says: 'The engine cannot read this as a tar of images',
  },
  { doing: ['archive'], words: /read-only/i, code: 'CONFLICT', hint: 'What is mounted there is read-only.' },
  { doing: ['archive'], words: /extraction point is not a directory/i, code: 'VALIDATION' },
  { doing: ['archive'], words: /not a directory/i, code: 'NOT_FOUND' },
  { doing: ['archive'], status: 404, code: 'NOT_FOUND' },
  { doing: ['archive'], status: 400, code: 'VALIDATION' },
];

export const ROWS: readonly Row[] = [
  {
    doing: ['image', 'pull', 'push'],
    words: /invalid (?:reference|tag) format/i,
    code: 'VALIDATION',
  },
  ...IMAGES,
  ...FILES,
  // the engine's 403 in these words alone is about an address in a network, not about a port
  {
    status: 403,
    words: /^Address already in use$/i,
    code: 'NETWORK_ERROR',
    hint: 'Choose another address, or leave it out.',
  },
  { words: /port is already allocated|address already in use|Bind for .* failed/i, code: 'PORT_TAKEN' },
  { status: 409, doing: ['create', 'rename'], words: /name .* is already in use/i, code: 'NAME_TAKEN' },
  ...FIELDS,
  { doing: ['network'], words: /already exists in network/i, code: 'CONFLICT' },
  {
    doing: ['start', 'create', 'network'],
    words:
      /network .* not found|could not find network|network-scoped alias|address pool|non-overlapping IPv4|overlap|conflicts with network|cannot attach|specified IP address|(?:from|to) host network|multiple networks|network endpoints/i,
    code: 'NETWORK_ERROR',
  },
  {
    doing: ['create', 'start', 'update'],
    words:
      /Range of CPUs|Requested CPUs|Requested memory nodes|minimum memory|memory limit|no space left|pids limit|cpu-shares|Invalid value .* for .*memory/i,
    code: 'RESOURCE_LIMIT',
  },
  {
    doing: ['create', 'start', 'exec'],
    words:
      /executable file not found|no such file or directory: unknown|permission denied: unknown|exec format error|not a directory: unknown/i,
    code: 'VALIDATION',
    hint: 'The image has no such command. Check command and entrypoint.',
  },
  {
    doing: ['create', 'start', 'rename', 'update', 'kill', 'exec', 'volume', 'commit', 'image'],
    status: 400,
    code: 'VALIDATION',
  },
  { status: 404, words: /no such (container|network|volume|exec)/i, code: 'NOT_FOUND' },
  {
    status: 404,
    doing: [
      'read',
      'stop',
      'kill',
      'pause',
      'rename',
      'remove',
      'logs',
      'stats',
      'commit',
      'start',
      'update',
      'exec',
      'volume',
    ],
    code: 'NOT_FOUND',
  },
  // the engine answers 500 when one that is not paused is to be resumed, and 403 for a network in use
  { doing: ['pause'], words: /is not paused/i, code: 'CONFLICT' },
  { words: /marked for removal/i, code: 'CONFLICT' },
  { doing: ['network'], words: /has active endpoints|pre-defined network/i, code: 'CONFLICT' },
  { status: 409, code: 'CONFLICT' },
  { status: 304, code: 'CONFLICT' },
];
