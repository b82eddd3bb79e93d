/** Words of the defaults of hosts. */
export const hd = {
  title: 'Defaults of hosts',
  intro:
    'What agents on a host get when neither their maker nor their type says anything. An empty field is as the instance has it. Agents that are there keep what they have.',
  memory: (host: string) => `Memory on ${host}`,
  cpu: (host: string) => `Cores on ${host}`,
  pids: (host: string) => `Processes on ${host}`,
  network: (host: string) => `Network on ${host}`,
  save: (host: string) => `Save for ${host}`,
  saved: 'Saved.',
  unlimited: 'unlimited',
  said: (host: string, memory: string, cpu: string, pids: string, network: string) =>
    `${host}: memory ${memory}, cores ${cpu}, ${pids} processes, network ${network}`,
} as const;
