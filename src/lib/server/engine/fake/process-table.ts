import type { ProcessTable } from '../facts.ts';
import type { FakeContainer } from './container.ts';
import { EngineRefusal } from './refusal.ts';

/** What `top` says: the main process, and what runs beside it. */
export function processTable({
  id,
  pid,
  alive,
  status,
  argv,
  user,
  executions,
}: FakeContainer): ProcessTable {
  if (status === 'restarting')
    throw new EngineRefusal(409, `Container ${id} is restarting, wait until the container is running`);
  if (!alive) throw new EngineRefusal(409, `Container ${id} is not running`);
  const row = (own: number, parent: number, words: readonly string[]) => [
    user === '' ? 'root' : user,
    String(own),
    String(parent),
    '0',
    '12:00',
    '?',
    '00:00:00',
    words.join(' '),
  ];
  return {
    titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
    rows: [
      row(pid, pid - 1, argv),
      ...executions.commands.map((words, at) => row(pid + at + 1, pid - 1, words)),
    ],
  };
}
