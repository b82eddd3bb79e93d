/** The texts about alerts, in English. */
import type { AlertChannelKind, AlertCondition } from '#lib/protocol/alerts.ts';
import { formatBytes, formatSeconds } from '#lib/domain/quantities.ts';

const metrics = {
  cpu: 'CPU, % of a core',
  memory: 'Memory, bytes',
  memoryPercent: 'Memory, % of its limit',
  pids: 'Processes',
  netRx: 'Network in, bytes a second',
  netTx: 'Network out, bytes a second',
} as const;

const amounts = {
  cpu: (value: number) => ['CPU', `${value} % of a core`] as const,
  memory: (value: number) => ['Memory', formatBytes(value)] as const,
  memoryPercent: (value: number) => ['Memory', `${value} % of its limit`] as const,
  pids: (value: number) => ['Processes', String(value)] as const,
  netRx: (value: number) => ['Network in', `${formatBytes(value)}/s`] as const,
  netTx: (value: number) => ['Network out', `${formatBytes(value)}/s`] as const,
} as const;

export const al = {
  title: 'Alerts',
  back: 'Settings',
  intro: 'Rules watch what happens; channels tell you where you are.',
  open: 'Open alerts',
  adminsOnly: 'Rules and channels are changed by admins.',
  rules: {
    title: 'Rules',
    none: 'No rules yet. One about crashes is a good beginning.',
    add: 'New rule',
    on: 'On',
    off: 'Off',
    turnOnShort: 'Turn on',
    turnOffShort: 'Turn off',
    turnOn: (name: string) => `Turn on ${name}`,
    turnOff: (name: string) => `Turn off ${name}`,
    never: 'Has not fired',
    lastFired: 'Fired',
    nowhere: 'Only listed here: no channel',
    skipped: (lines: number) => `${lines} lines came too fast to be looked at`,
    newTitle: 'New rule',
    saved: 'The rule is saved.',
    save: 'Save rule',
    create: 'Make rule',
    delete: 'Delete rule',
    deleteTitle: (name: string) => `Delete the rule ${name}?`,
    deleteGoes: 'The rule, at once.',
    deleteStays: 'What it told stays in the list.',
  },
  whens: {
    exit: 'An exit code',
    state: 'A state',
    log: 'A log line',
    metric: 'A figure',
    'host-down': 'A host is down',
    disk: 'A disk is full',
  },
  whenLabel: 'What it watches',
  parts: {
    rule: 'Rule',
    condition: 'When it fires',
    scope: 'What it is about',
    telling: 'Where it tells',
    about: 'Channel',
    goes: 'Where it goes',
    message: 'What it says',
  },
  scopeHelp: 'Several with commas between them. What is left empty means all.',
  fields: {
    name: { label: 'Name' },
    enabled: { label: 'On', help: 'A rule that is off is kept and watches nothing.' },
    codes: {
      label: 'Exit codes',
      help: 'Numbers such as 1, 137; failure is any but 0; any is any. Ends that somebody asked for do not count.',
    },
    pattern: {
      label: 'Pattern',
      help: 'A regular expression (RE2) that finds a part of the line. (?i) at its beginning ignores case.',
    },
    count: { label: 'Matching lines' },
    window: { label: 'Within', help: 'Such as 30s, 5m, 1h.' },
    metric: { label: 'Figure' },
    above: { label: 'Is' },
    value: { label: 'Value', help: 'Bytes can be written as 512m or 2g.' },
    held: { label: 'For', help: 'Without a break: 10s to 2h.' },
    after: { label: 'After', help: 'How long it must not answer.' },
    percent: { label: 'From', help: 'Also tells when the archive of logs had to pause for want of room.' },
    agents: { label: 'Agents' },
    types: { label: 'Types' },
    tags: { label: 'Tags', help: 'key or key=value; all have to match.' },
    hosts: { label: 'Hosts' },
    cooldown: { label: 'Quiet for', help: 'After it fired, about the same agent or host.' },
  },
  above: { true: 'above', false: 'below' },
  metrics,
  statesLabel: 'States',
  states: {
    crashed: 'Crashed',
    failed: 'Failed to start',
    exited: 'Exited with code 0',
    stopped: 'Stopped',
    paused: 'Paused',
    restarting: 'Restarting',
    ready: 'Ready',
    removed: 'Removed',
  },
  noChannels: 'There is no channel yet; it is listed on this page only.',
  preview: {
    button: 'Try on the last two hours',
    count: (count: number) =>
      count === 0
        ? 'It would not have fired in the last two hours.'
        : `It would have fired ${count === 1 ? 'once' : `${count} times`} in the last two hours.`,
    more: (count: number) => `and ${count} times before that`,
  },
  channels: {
    title: 'Channels',
    none: 'No channels yet.',
    add: 'New channel',
    newTitle: (kind: AlertChannelKind) => `New channel: ${al.kinds[kind]}`,
    kindLabel: 'Kind of channel',
    saved: 'The channel is saved.',
    save: 'Save channel',
    create: 'Make channel',
    delete: 'Delete channel',
    deleteTitle: (name: string) => `Delete the channel ${name}?`,
    deleteGoes: 'The channel, and what waits to be sent to it.',
    deleteStays: (rules: readonly string[]) => `${rules.join(', ')}, without this channel.`,
    usedBy: (rules: readonly string[]) =>
      rules.length === 0 ? 'No rule uses it' : `Used by ${rules.join(', ')}`,
    test: 'Send a test',
    testOne: (name: string) => `Send a test to ${name}`,
    tested: (name: string, ok: boolean, answer: string) =>
      ok ? `The test reached ${name}: ${answer}` : `The test did not reach ${name}: ${answer}`,
    set: 'It is set. Leave it empty to keep it.',
    forget: (what: string) => `Take it away: ${what.toLowerCase()}`,
  },
  kinds: {
    webhook: 'Webhook',
    slack: 'Slack',
    discord: 'Discord',
    ntfy: 'ntfy',
    email: 'E-mail',
  } satisfies Record<AlertChannelKind, string>,
  channelFields: {
    secretUrl: {
      webhook: { label: 'Address', help: 'Gets a POST with JSON.' },
      slack: {
        label: 'Webhook address',
        help: 'Of an app of Slack with incoming webhooks, or of what understands the same.',
      },
      discord: { label: 'Webhook address', help: 'From the settings of a Discord channel, Integrations.' },
    },
    secretHeaders: { label: 'Headers', help: 'One on each line: Name: value.' },
    secretSigningKey: {
      label: 'Signing key',
      help: 'Each message carries X-Slipway-Signature, the HMAC-SHA256 of its body with this key.',
    },
    template: {
      label: 'Body',
      help: (names: readonly string[]) =>
        `Empty for the usual one. Else JSON with ${names.map((name) => `{{${name}}}`).join(', ')} inside quotes.`,
    },
    server: { label: 'Server' },
    topic: { label: 'Topic' },
    priority: { label: 'Priority' },
    tags: { label: 'Tags', help: 'With commas between them: warning, skull.' },
    secretToken: { label: 'Access token', help: 'Of a topic that is protected.' },
    host: { label: 'Mail server' },
    port: { label: 'Port' },
    tls: { label: 'Encryption' },
    from: { label: 'From' },
    to: { label: 'To', help: 'Addresses with commas between them.' },
    username: { label: 'User', help: 'Empty for a server that asks for no login.' },
    secretPassword: { label: 'Password' },
  },
  priorities: { '1': '1, lowest', '2': '2, low', '3': '3, normal', '4': '4, high', '5': '5, highest' },
  tls: {
    starttls: 'STARTTLS (587)',
    tls: 'TLS from the start (465)',
    none: 'None: it is sent in the clear',
  },
  fired: {
    title: 'Fired',
    none: 'Nothing has fired yet.',
    unseen: (count: number) => `${count} new`,
    seen: 'Mark all as seen',
    isNew: 'New',
    retry: 'Try again now',
    retryOne: (channel: string, text: string) => `Try again now: ${channel}, ${text}`,
    gone: 'a channel that was deleted',
    states: { waiting: 'Waiting', sent: 'Sent', failed: 'Given up' },
    tries: (tries: number) => (tries === 1 ? '1 try' : `${tries} tries`),
    next: 'next',
    noChannel: 'No channel was to be told',
  },
  targets: {
    title: 'Private targets',
    text: 'Alerts go to the internet. Private addresses, such as of your own network or this machine, are refused unless they stand here.',
    label: 'Allowed networks, addresses and names',
    help: 'One on each line: 10.0.0.0/8, 192.168.1.9, ntfy.lan. A name is allowed wherever it leads.',
    save: 'Save targets',
    saved: 'The targets are saved.',
    none: 'None are allowed.',
  },
} as const;

/** The words of a condition, as they stand in the list of rules. */
export function conditionWords(condition: AlertCondition): string {
  switch (condition.when) {
    case 'state':
      return `Becomes ${condition.states.join(' or ')}`;
    case 'exit':
      return condition.codes === 'failure'
        ? 'Ends with any exit code but 0'
        : condition.codes === 'any'
          ? 'Ends by itself'
          : `Ends with exit code ${condition.codes.join(' or ')}`;
    case 'log':
      return condition.count === 1
        ? `Says /${condition.pattern}/`
        : `Says /${condition.pattern}/ ${condition.count} times within ${formatSeconds(condition.windowSeconds)}`;
    case 'metric': {
      const [name, amount] = amounts[condition.metric](condition.value);
      return `${name} ${condition.above ? 'above' : 'below'} ${amount} for ${formatSeconds(condition.windowSeconds)}`;
    }
    case 'host-down':
      return `A host does not answer for ${formatSeconds(condition.afterSeconds)}`;
    case 'disk':
      return `The disk of a host is ${condition.percent} % full`;
  }
}
