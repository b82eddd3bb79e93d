import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inNetworkOf } from './registry.ts';

const PROGRAM = join(import.meta.dirname, 'relay-program.mjs');

export interface Relay {
  /** What leads to the registry over this cable: `127.0.0.1:41234`. */
  readonly address: string;
  stop(): Promise<void>;
}

/** A slow or bad cable between a test engine and its registry, in the engine's own network. */
export async function startRelay(options: {
  readonly engineSocket: string;
  /** Where it leads: `127.0.0.1:5000`. */
  readonly to: string;
  readonly bytesPerSecond?: number;
  /** Spoils the byte at this place of what comes back on a connection. */
  readonly spoilAfter?: number;
}): Promise<Relay> {
  const { engineSocket, to, bytesPerSecond = 0, spoilAfter = 0 } = options;
  const port = to.split(':').at(-1) ?? '';
  const [program, ...args] = [
    ...inNetworkOf(engineSocket),
    process.execPath,
    PROGRAM,
    port,
    String(bytesPerSecond),
    String(spoilAfter),
  ];
  const relay = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve) => {
    createInterface({ input: relay.stdout }).once('line', resolve);
  });
  return {
    address: `127.0.0.1:${line}`,
    stop: async () => {
      const ended = once(relay, 'exit');
      relay.kill('SIGKILL');
      await ended;
    },
  };
}
