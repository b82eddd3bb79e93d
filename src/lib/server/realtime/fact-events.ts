import { authorize } from '../services/access.ts';
import { count, type SocketDoor } from './socket-door.ts';

/** What happened: the facts that a page missed, then all that come. */
export function serveFacts({ app, socket, actor, answer }: SocketDoor): void {
  socket.on('hello', (since, reply) => {
    answer(reply, () => {
      authorize(actor, 'agents.see');
      const missed = app.journal.since(count(since));
      void socket.join('facts');
      if (missed !== null && missed.length > 0) socket.emit('facts', missed);
      return { reload: missed === null, seq: app.journal.seq() };
    });
  });
}
