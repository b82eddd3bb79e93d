/** The commands that reach an agent, to be copied. */
import type { SshGatewayView, SshdView } from '#lib/protocol/ssh.ts';

export interface SshCommand {
  readonly what: 'shell' | 'command' | 'copy' | 'forward' | 'asUser';
  readonly text: string;
}

export function gatewayCommands(
  { port, user }: SshGatewayView & { readonly user: string },
  hostname: string,
): readonly SshCommand[] {
  const place = `${user}@${hostname}`;
  return [
    { what: 'shell', text: `ssh -p ${port} ${place}` },
    { what: 'command', text: `ssh -p ${port} ${place} ls -la` },
    { what: 'copy', text: `scp -P ${port} FILE ${place}:` },
    { what: 'forward', text: `ssh -p ${port} -N -L 8080:127.0.0.1:8080 ${place}` },
    { what: 'asUser', text: `ssh -p ${port} root+${place}` },
  ];
}

/** null while it is not reached. */
export function sshdCommand({ address, user }: SshdView, keyFile: string): string | null {
  return address === null ? null : `ssh -i ${keyFile} -p ${address.port} ${user}@${address.host}`;
}
