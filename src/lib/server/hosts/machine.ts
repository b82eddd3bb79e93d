/** The machine that Slipway runs on, as far as it says what an engine's host uses and has: for an engine on that same machine only. */
import { access, constants, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { EngineInfo } from '../engine/engine.ts';

/** Time of all cores since the start of the machine, milliseconds. */
export interface CoreTime {
  readonly busyMs: number;
  readonly totalMs: number;
}

export interface Room {
  readonly used: number;
  readonly total: number;
}

/**
 * A local socket may lead into a virtual machine (Docker Desktop does) or to another machine (a forwarded socket). Kernel, cores and memory of
 * two machines are hardly ever the same.
 */
export function isSameMachine(info: EngineInfo): boolean {
  return info.kernel === os.release() && info.cpus === os.cpus().length && info.memory === os.totalmem();
}

export function coreTime(): CoreTime {
  let busyMs = 0;
  let totalMs = 0;
  for (const { times } of os.cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    busyMs += busy;
    totalMs += busy + times.idle;
  }
  return { busyMs, totalMs };
}

/** Percent of all cores between two looks; null when no time passed. */
export function busyPercent(before: CoreTime, now: CoreTime): number | null {
  const total = now.totalMs - before.totalMs;
  if (total <= 0) return null;
  return Math.round((Math.max(0, now.busyMs - before.busyMs) / total) * 1000) / 10;
}

/** What could be given to programs counts as free, page cache too. */
export function memoryRoom(): Room {
  const total = os.totalmem();
  return { used: total - os.freemem(), total };
}

/**
 * The file system with an engine's data, as users other than root have it; null where its folder cannot be seen from here. A container of that
 * engine tells whether a folder of the same name is really its own: an engine or Slipway may live in a file system of its own.
 */
export async function diskRoom(dataRoot: string, containerId: string | null): Promise<Room | null> {
  if (!path.isAbsolute(dataRoot)) return null;
  if (!(await mayHold(path.join(dataRoot, 'containers', containerId ?? '')))) return null;
  try {
    const { bsize, blocks, bfree, bavail } = await statfs(dataRoot);
    const used = (blocks - bfree) * bsize;
    return { used, total: used + bavail * bsize };
  } catch {
    return null;
  }
}

/** Not allowed to look is no proof that it is not there. */
async function mayHold(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.F_OK);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES';
  }
}
