import type { AgentId } from '#lib/domain/ids.ts';
import { followLog } from './log-subscription.ts';
import { count, text, type SocketDoor } from './socket-door.ts';

/** Lines of agents' logs as they come. */
export function serveLogs({ app, socket, actor, answer, keep, end }: SocketDoor): void {
  socket.on('followLog', (agentId, after, reply) => {
    answer(reply, () => {
      const agent = app.services.agents.get(actor, text(agentId));
      const cursor = cursorOf(after);
      keep(
        `log ${agent.id}`,
        followLog(app.tails, app.services.logs.past(actor), socket, agent.id as AgentId, cursor),
      );
      return null;
    });
  });
  socket.on('unfollowLog', (agentId) => {
    end(`log ${text(agentId)}`);
  });
}

function cursorOf(value: unknown): { readonly seq: number; readonly time: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  return { seq: count(Reflect.get(value, 'seq')), time: text(Reflect.get(value, 'time')) };
}
