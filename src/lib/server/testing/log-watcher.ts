import { io, type Socket } from 'socket.io-client';
import type { Fact } from '#lib/protocol/facts.ts';
import { SOCKET_PATH, type ClientToServer, type ServerToClient } from '#lib/protocol/socket.ts';

/** A page that follows the log of the first agent that it hears of, over restarts of the server, and holds what it gets against what may come. */
export class LogWatcher {
  readonly faults: string[] = [];
  lastText: string | null = null;
  #cursor: { readonly seq: number; readonly time: string } | null = null;
  #socket: Socket<ServerToClient, ClientToServer> | null = null;

  connect(port: number): void {
    this.#socket?.close();
    const socket: Socket<ServerToClient, ClientToServer> = io(`http://127.0.0.1:${port}`, {
      path: SOCKET_PATH,
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    this.#socket = socket;
    let agentId: string | null = null;
    const follow = (facts: readonly Fact[]) => {
      const fact = facts.find((each) => each.kind === 'agent');
      if (agentId !== null || fact === undefined) return;
      agentId = fact.agent.id;
      socket.emit('followLog', agentId, this.#cursor, (answer) => {
        if (!answer.ok) this.faults.push(answer.error.message);
      });
    };
    socket.on('facts', follow);
    socket.on('log', (batch) => {
      // what is left out is said: a number may only be missing where that was
      let joins = batch.reset === true || batch.skipped !== undefined || this.#cursor === null;
      for (const line of batch.lines) {
        if (this.#cursor !== null && line.seq <= this.#cursor.seq && batch.reset !== true)
          this.faults.push(`${line.text} came again`);
        if (!joins && Number(line.text) !== Number(this.lastText) + 1)
          this.faults.push(`${line.text} after ${this.lastText ?? ''}`);
        joins = false;
        this.#cursor = { seq: line.seq, time: line.time };
        this.lastText = line.text;
      }
    });
    socket.emit('hello', 0, () => undefined);
  }

  close(): void {
    this.#socket?.close();
  }
}
