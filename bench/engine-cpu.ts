/** CPU time of a test engine: of dockerd and its containerd in the engine's own machine, as the kernel counts it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PROGRAMS = ['dockerd', 'containerd'];

/** Milliseconds since their start, in steps of 10. `socket` is the engine's. */
export function engineCpuMs(socket: string): number {
  const file = path.join(path.dirname(path.dirname(socket)), 'init.pid');
  const [init = ''] = readFileSync(file, 'utf8').trim().split(' ');
  const all = withChildren(Number(init)).filter((pid) => PROGRAMS.includes(nameOf(pid)));
  if (!all.some((pid) => nameOf(pid) === 'dockerd')) throw new Error(`there is no dockerd under ${file}`);
  return all.reduce((sum, pid) => sum + cpuMs(pid), 0);
}

/** User and system time of a process and its ended children; the kernel counts in ticks of 10 ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function withChildren(pid: number): readonly number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  const children = readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(withChildren)];
}

function nameOf(pid: number): string {
  const file = `/proc/${pid}/comm`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}
