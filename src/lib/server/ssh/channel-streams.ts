/** Between a program inside and a channel of ssh, at the pace of the slower one. */
import type { Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';
import type { ExecSession } from '../engine/engine.ts';

/** Resolves when more may be sent, and also when the channel is closed: then nobody will read it. What is given together stays together. */
export function send(
  channel: ServerChannel,
  pieces: readonly Buffer[],
  stream: Writable = channel,
): Promise<void> {
  if (!channel.writable) return Promise.resolve();
  let room = true;
  for (const piece of pieces) room = stream.write(piece);
  if (room) return Promise.resolve();
  // as many as there are answers under way
  stream.setMaxListeners(0);
  channel.setMaxListeners(0);
  return new Promise((resolve) => {
    const go = () => {
      stream.off('drain', go);
      channel.off('close', go);
      resolve();
    };
    stream.once('drain', go);
    channel.once('close', go);
  });
}

/**
 * Everything that comes on the channel, in its order; its end is the end of the program's input. A terminal has no such end, and the engine
 * would take its output away with it.
 */
export function feed(channel: ServerChannel, session: ExecSession, onTerminal = false): void {
  let before: Promise<void> = Promise.resolve();
  channel.on('data', (bytes: Buffer) => {
    channel.pause();
    before = session.write(bytes).then(
      () => {
        channel.resume();
      },
      // it ended: what still comes is read and dropped, so that the channel can end too
      () => {
        channel.resume();
      },
    );
  });
  channel.once('end', () => {
    if (onTerminal) return;
    void before.then(() => {
      session.endInput();
    });
  });
}

/** Resolves when the program has said everything. */
export async function drain(session: ExecSession, channel: ServerChannel): Promise<void> {
  for await (const { stream, bytes } of session.output)
    await send(channel, [bytes], stream === 'stderr' ? channel.stderr : channel);
}
