/** The ssh gateway, the keys of users, and the sshd inside agents. */
import { SshdKeeper } from '../loops/sshd-keeper.ts';
import { AgentSshService } from '../services/agent-ssh.ts';
import { LoginLimit } from '../services/login-limit.ts';
import { SshKeyService } from '../services/ssh-keys.ts';
import { ACTIVITY_MS, SshSessions } from '../services/ssh-sessions.ts';
import { SshGateway } from '../ssh/gateway.ts';
import { openHostKey } from '../ssh/host-key.ts';
import { SshKeyRepository } from '../storage/ssh-keys.ts';
import { TerminalRepository } from '../storage/terminals.ts';
import type { Area, AreaParts } from './area.ts';

export function composeSsh(parts: AreaParts) {
  const { config, db, journal, accounts, bus, log, sshd } = parts;
  const terminals = new TerminalRepository(db);
  const keys = new SshKeyService({
    keys: new SshKeyRepository(db),
    journal,
    openActor: () => accounts.openActor(),
  });
  const sessions = new SshSessions({ ...parts, terminals });
  const { sshPort: port, sshHost: host } = config;
  const gateway =
    port === null
      ? null
      : new SshGateway({
          keys,
          sessions,
          limit: new LoginLimit(),
          hostKey: openHostKey(config.dataDir),
          bus,
          log,
        });
  const keeper = new SshdKeeper({ ...parts, sshd });
  let timer: NodeJS.Timeout | null = null;
  return {
    services: {
      sshKeys: keys,
      agentSsh: new AgentSshService({ ...parts, gateway: () => gateway?.view() ?? null }),
    },
    start: async () => {
      // those that a crash cut off
      journal.commit(() => {
        for (const { id } of terminals.open('ssh'))
          terminals.end(id, { endedAt: Date.now(), end: 'Slipway ended', exitCode: null });
      });
      keeper.start();
      if (gateway === null || port === null) return;
      await gateway.listen(host, port);
      timer = setInterval(() => {
        sessions.noteActivity(Date.now());
        gateway.review();
      }, ACTIVITY_MS);
    },
    leave: async () => {
      if (timer !== null) clearInterval(timer);
      await gateway?.close();
      await sessions.settled();
    },
    close: () => {
      keeper.close();
    },
  } satisfies Area<object>;
}
