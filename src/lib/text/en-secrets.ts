/** The texts about secrets, in English. */
export const secretWords = {
  title: 'Secrets',
  back: 'Settings',
  intro:
    'Values that agents get and nobody reads again: keys, tokens, passwords. An agent names one in its environment, and gets the value as a file that only its own container has, so that no inspect, no snapshot and no image holds it.',
  name: 'Name',
  nameHelp: 'Letters, digits and "_". Agents refer to it by this name.',
  value: 'Value',
  valueHelp: 'It is encrypted and never shown again.',
  save: 'Save secret',
  saved: (name: string) => `${name} is saved. Agents that run get it when they are next started.`,
  replace: 'Give it another value',
  delete: 'Delete',
  deleteName: (name: string) => `Delete ${name}`,
  sure: (name: string) => `Delete the secret ${name}?`,
  sureText: 'Its value cannot be brought back.',
  usedBy: (agents: readonly string[]) => `Used by ${agents.join(', ')}`,
  unused: 'No agent uses it',
  lastUsed: 'Last given',
  never: 'Never given to an agent',
  force: (agents: readonly string[]) =>
    `${agents.join(', ')} keep what they have, and cannot be made anew without it.`,
  emptyTitle: 'No secrets yet',
  emptyText: 'Save one here, then choose it in the environment of an agent.',
  inEnv: 'In an agent',
  example: (name: string) => `{"env": {"${name}": {"secret": "${name}"}}}`,
  notAllowed: 'Secrets are saved and deleted by admins.',
  deliveryNote: {
    file: 'as a file in the container alone',
    env: 'as a plain variable: every inspect shows it, and a snapshot keeps it in the record of how it was made',
  },
} as const;
