import { text, type SocketDoor } from './socket-door.ts';

/** How often figures are told. */
export const PULSES_MS = 1_000;

/** What agents use: each second of one that is looked at, and the quick figures of all. */
export function serveFigures({ app, socket, actor, answer, keep, end }: SocketDoor): void {
  socket.on('followStats', (agentId, reply) => {
    answer(reply, () => {
      const agent = app.services.agents.get(actor, text(agentId));
      const stopWatching = app.sampler.watch(agent.id);
      let sent = app.services.agents.samples(actor, agent.id).at(-1)?.at ?? 0;
      const timer = setInterval(() => {
        const news = app.services.agents.samples(actor, agent.id).filter((sample) => sample.at > sent);
        const last = news.at(-1);
        if (last === undefined) return;
        sent = last.at;
        socket.emit('stats', agent.id, news);
      }, PULSES_MS);
      keep(`stats ${agent.id}`, () => {
        clearInterval(timer);
        stopWatching();
      });
      return app.services.agents.samples(actor, agent.id);
    });
  });
  socket.on('unfollowStats', (agentId) => {
    end(`stats ${text(agentId)}`);
  });

  socket.on('followPulses', (reply) => {
    answer(reply, () => {
      const pulses = app.services.agents.pulses(actor);
      void socket.join('pulses');
      return pulses;
    });
  });
  socket.on('unfollowPulses', () => {
    void socket.leave('pulses');
  });
}
