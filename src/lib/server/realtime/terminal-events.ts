import { AppError } from '#lib/domain/errors.ts';
import type { ViewerHandle } from '../services/terminal-session.ts';
import { count, text, type SocketDoor } from './socket-door.ts';

const MOST_CELLS = 1_000;

/** Terminal sessions that somebody looks at and types in. */
export function serveTerminals({ app, socket, actor, answer, keep, end }: SocketDoor): void {
  const { terminals } = app.services;
  const joined = new Map<string, ViewerHandle>();
  const handleOf = (terminalId: unknown): ViewerHandle => {
    const handle = joined.get(text(terminalId));
    if (handle === undefined) throw new AppError('NOT_FOUND', 'You do not look at this terminal');
    return handle;
  };

  socket.on('joinTerminal', (terminalId, reply) => {
    answer(reply, async () => {
      const id = text(terminalId);
      end(`terminal ${id}`);
      const handle = terminals.join(actor, id, {
        output: (bytes) => socket.emit('terminalOutput', id, bytes),
        screen: (screen) => socket.emit('terminalScreen', id, screen),
        changed: () => socket.emit('terminalChanged', terminals.get(actor, id)),
      });
      joined.set(id, handle);
      keep(`terminal ${id}`, () => {
        joined.delete(id);
        handle.leave();
      });
      const screen = await handle.screen;
      return { terminal: terminals.get(actor, id), screen, mayWrite: handle.mayWrite };
    });
  });
  socket.on('leaveTerminal', (terminalId) => {
    end(`terminal ${text(terminalId)}`);
  });

  socket.on('terminalInput', (terminalId, bytes, reply) => {
    answer(reply, async () => {
      await handleOf(terminalId).write(bytesOf(bytes));
      return null;
    });
  });
  socket.on('terminalSize', (terminalId, columns, rows) => {
    answer(null, async () => {
      const size = { columns: cells(columns), rows: cells(rows) };
      await handleOf(terminalId).resize(size);
    });
  });
  socket.on('terminalDrawn', (terminalId, bytes) => {
    answer(null, () => {
      handleOf(terminalId).drawn(count(bytes));
    });
  });
}

function bytesOf(value: unknown): Buffer {
  if (!(value instanceof Uint8Array)) throw new AppError('VALIDATION', 'Bytes were expected');
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function cells(value: unknown): number {
  const number = count(value);
  if (number < 1 || number > MOST_CELLS) throw new AppError('VALIDATION', 'No terminal has this size');
  return number;
}
