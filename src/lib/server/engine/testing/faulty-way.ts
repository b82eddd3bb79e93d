import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket in front of an engine's own that a test can make hang or cut. */
export class FaultyWay {
  readonly #target: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'slipway-way-'));
  readonly #sockets = new Set<net.Socket>();
  #server: net.Server | null = null;
  #hanging = false;

  constructor(target: string) {
    this.#target = target;
  }

  get path(): string {
    return join(this.#folder, 'docker.sock');
  }

  /** Opens the way, or opens it again. */
  async heal(): Promise<void> {
    this.#hanging = false;
    for (const socket of this.#sockets) socket.resume();
    if (this.#server !== null) return;
    const server = net.createServer((near) => this.#forward(near));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.path, resolve));
  }

  /** Connections stay and can still be made; nothing comes through. */
  hang(): void {
    this.#hanging = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** Ends all connections and refuses new ones. */
  cut(): void {
    this.#server?.close();
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  dispose(): void {
    this.cut();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #forward(near: net.Socket): void {
    const far = net.connect({ path: this.#target });
    const pairs = [
      [near, far],
      [far, near],
    ] as const;
    for (const [from, to] of pairs) {
      this.#sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('end', () => to.end());
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
      if (this.#hanging) from.pause();
    }
  }
}
