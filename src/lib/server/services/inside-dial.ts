/**
 * Connections to a port inside an agent, made from inside by a program of its image: an address of a container means another container here
 * than on its host (decision 012).
 */
import { AppError } from '#lib/domain/errors.ts';
import { DIAL_PROGRAMS, type DialProgram } from '#lib/domain/inside-dial.ts';
import type { Engine, ExecSession } from '../engine/engine.ts';
import { isNoProgram } from './inside-shell.ts';

const REMEMBERED = 1_000;
const FIND = 'for each in "$@"; do command -v "$each" >/dev/null 2>&1 && echo "$each"; done; true';

export class InsideDial {
  /** By container: what its image has does not change much. */
  readonly #found = new Map<string, readonly DialProgram[]>();

  /** Both streams of the connection. Throws VALIDATION when nothing inside can make one. */
  async open(engine: Engine, containerId: string, port: number): Promise<ExecSession> {
    for (const each of await this.#programs(engine, containerId)) {
      try {
        return await engine.openExec(containerId, {
          command: each.command(port),
          terminal: null,
          stdin: true,
        });
      } catch (error) {
        if (!isNoProgram(error)) throw error;
      }
    }
    this.#found.delete(containerId);
    const names = DIAL_PROGRAMS.map((each) => each.program);
    throw new AppError('VALIDATION', 'Nothing in the image can connect to a port', {
      hint: `Ports are reached from inside, by one of ${names.join(', ')}: add one to the image, or publish the port.`,
    });
  }

  async #programs(engine: Engine, containerId: string): Promise<readonly DialProgram[]> {
    const known = this.#found.get(containerId);
    if (known !== undefined) return known;
    const found = await look(engine, containerId);
    if (this.#found.size >= REMEMBERED) this.#found.clear();
    this.#found.set(containerId, found);
    return found;
  }
}

/** Without a shell each of them is tried. */
async function look(engine: Engine, containerId: string): Promise<readonly DialProgram[]> {
  const names = DIAL_PROGRAMS.map((each) => each.program);
  try {
    const { stdout } = await engine.execute(containerId, {
      command: ['sh', '-c', FIND, 'sh', ...names],
      timeoutMs: 10_000,
    });
    const there = new Set(stdout.toString().split('\n'));
    return DIAL_PROGRAMS.filter((each) => there.has(each.program));
  } catch (error) {
    if (isNoProgram(error)) return DIAL_PROGRAMS;
    throw error;
  }
}
