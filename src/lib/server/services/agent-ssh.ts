/** How to reach one agent by ssh: over the gateway, and by the sshd in its container. */
import { notFound } from '#lib/domain/errors.ts';
import { sshdPort } from '#lib/domain/sshd.ts';
import type { AgentSshView, SshdView, SshGatewayView } from '#lib/protocol/ssh.ts';
import type { Fleet } from '../hosts/fleet.ts';
import type { AgentRepository, AgentRow } from '../storage/agents.ts';
import type { Journal } from '../storage/journal.ts';
import { asReason, authorize, type Actor } from './access.ts';
import { fingerprintOf } from './ssh-key-text.ts';
import { containerUser, loginName, type Sshd } from './sshd.ts';

export interface AgentSshParts {
  readonly agents: AgentRepository;
  readonly fleet: Fleet;
  readonly journal: Journal;
  readonly sshd: Sshd;
  /** null while it is off. */
  readonly gateway: () => SshGatewayView | null;
}

export class AgentSshService {
  readonly #parts: AgentSshParts;

  constructor(parts: AgentSshParts) {
    this.#parts = parts;
  }

  /** Slipway's own ssh server; null while it is off. */
  gateway(actor: Actor | null): SshGatewayView | null {
    authorize(actor, 'ssh.keys');
    return this.#parts.gateway();
  }

  /** The port is read from the engine each time: it is another one after each start. */
  async view(actor: Actor | null, idOrName: string): Promise<AgentSshView> {
    authorize(actor, 'agents.see');
    const row = this.#row(idOrName);
    const gateway = this.#parts.gateway();
    return {
      gateway: gateway === null ? null : { ...gateway, user: row.name },
      sshd: row.spec.ssh ? await this.#sshd(row) : null,
    };
  }

  /** The private key that the agent's own sshd lets in. Throws NOT_FOUND when it has none. */
  key(actor: Actor | null, idOrName: string): string {
    const who = authorize(actor, 'terminal.open');
    const row = this.#row(idOrName);
    if (!row.spec.ssh) throw notFound('ssh key of', row.name);
    this.#parts.journal.commit((tell) => {
      const fact = { kind: 'inside', act: 'ssh', agentId: row.id, by: asReason(who) } as const;
      tell({ ...fact, door: 'page', what: 'took the key of its sshd' });
    });
    return this.#parts.sshd.keys(row.id).clientKey;
  }

  async #sshd(row: AgentRow): Promise<SshdView> {
    const { hostPublic } = this.#parts.sshd.keys(row.id);
    const fingerprint = fingerprintOf(Buffer.from(hostPublic.split(' ')[1] ?? '', 'base64'));
    const { user, address } = await this.#place(row);
    const knownHosts = address === null ? null : `[${address.host}]:${address.port} ${hostPublic}`;
    return { user, address, knownHosts, fingerprint };
  }

  async #place(row: AgentRow): Promise<Pick<SshdView, 'user' | 'address'>> {
    if (row.containerId === null || row.state !== 'ready')
      return { user: row.spec.user ?? 'root', address: null };
    const engine = this.#parts.fleet.engine(row.hostId);
    const user = await containerUser(engine, row.containerId);
    const { ports } = await engine.inspectContainer(row.containerId);
    const open = ports.find((each) => each.container === `${sshdPort(user)}/tcp`);
    return {
      user: await loginName(engine, row.containerId, user),
      address: open === undefined ? null : { host: open.ip, port: open.host },
    };
  }

  #row(idOrName: string): AgentRow {
    const { agents } = this.#parts;
    const row = agents.byName(idOrName) ?? agents.byId(idOrName);
    if (row === undefined) throw notFound('agent', idOrName);
    return row;
  }
}
