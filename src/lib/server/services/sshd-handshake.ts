/** Whether an sshd inside an agent answers, with the right key: a whole handshake and login, over a connection from inside. */
import { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { ExecSession } from '../engine/engine.ts';

const HANDSHAKE_MS = 10_000;

export interface HandshakeWish {
  readonly user: string;
  readonly clientKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostPublic: string;
}

/** Resolves when the login worked; rejects with why it did not. The session is ended. */
export async function handshake(session: ExecSession, wish: HandshakeWish): Promise<void> {
  const client = new ssh2.Client();
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.on('error', reject);
      client.once('close', () => {
        reject(new Error('it closed the connection'));
      });
      client.connect({
        sock: duplexOf(session),
        username: wish.user,
        privateKey: wish.clientKey,
        readyTimeout: HANDSHAKE_MS,
        hostVerifier: (key: Buffer) => key.toString('base64') === wish.hostPublic.split(' ')[1],
      });
    });
  } finally {
    client.end();
    await session.end(0).catch(() => undefined);
  }
}

function duplexOf(session: ExecSession): Duplex {
  const frames = session.output[Symbol.asyncIterator]();
  const next = async (duplex: Duplex): Promise<void> => {
    for (;;) {
      const frame = await frames.next();
      if (frame.done === true) duplex.push(null);
      else if (frame.value.stream === 'stderr') continue;
      else duplex.push(frame.value.bytes);
      return;
    }
  };
  return new Duplex({
    read() {
      next(this).catch((error: unknown) => this.destroy(asError(error)));
    },
    write(bytes: Buffer, _encoding, done) {
      session.write(bytes).then(
        () => {
          done();
        },
        (error: unknown) => {
          done(asError(error));
        },
      );
    },
    final(done) {
      session.endInput();
      done();
    },
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
