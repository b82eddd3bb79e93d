/** A public key that its owner logs in with by ssh. */
export interface SshKeyView {
  readonly id: string;
  readonly name: string;
  /** `ssh-ed25519`, `ssh-rsa`, … */
  readonly type: string;
  /** SHA256:… as OpenSSH shows it. */
  readonly fingerprint: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** Slipway's own ssh server. */
export interface SshGatewayView {
  readonly port: number;
  /** null: on every address. */
  readonly host: string | null;
  readonly fingerprint: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
}

/** How to reach one agent by ssh. */
export interface AgentSshView {
  /** null: the gateway is off. */
  readonly gateway: (SshGatewayView & { readonly user: string }) | null;
  /** null: the agent was made without `ssh`. */
  readonly sshd: SshdView | null;
}

/** The sshd inside an agent's container. */
export interface SshdView {
  readonly user: string;
  /** Where it is published on the host now; null while it does not run. */
  readonly address: { readonly host: string; readonly port: number } | null;
  /** The host key as a line for known_hosts; null while the address is not known. */
  readonly knownHosts: string | null;
  readonly fingerprint: string;
}
