/** One e-mail by SMTP: to an address that was checked, plain text, nothing fetched. */
import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import { AppError } from '#lib/domain/errors.ts';
import type { AlertTarget } from '#lib/domain/inputs/alert-channel-input.ts';
import { titleOf, type ToldAlert } from './alert-messages.ts';
import type { TargetAddress } from './alert-targets.ts';
import { within } from './within.ts';

export type MailTarget = Extract<AlertTarget, { readonly kind: 'email' }>;

/** Gives what the server said last. Throws HOST_UNREACHABLE with its words, OPERATION_TIMEOUT when it takes too long. */
export async function mail(
  target: MailTarget,
  alert: ToldAlert,
  address: TargetAddress,
  timeoutMs: number,
): Promise<string> {
  const { host, port, tls, from, to, username } = target.settings;
  const { password } = target.secrets;
  const transport = createTransport({
    // the address that was checked; certificates are for the name
    host: address.address,
    port,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: isIP(host) === 0 ? { servername: host } : {},
    ...(username === '' ? {} : { auth: { user: username, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const sent = transport.sendMail({
      from,
      to: [...to],
      subject: `[Slipway] ${titleOf(alert)}`,
      text: textOf(alert),
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    const { response } = await within(
      timeoutMs,
      sent,
      `The mail server did not answer within ${timeoutMs / 1000} s`,
    );
    return response;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw new AppError('HOST_UNREACHABLE', `Could not be sent: ${words}`, {
      hint: 'Check server, port, encryption and login of the channel.',
      cause: error,
    });
  } finally {
    transport.close();
  }
}

function textOf(alert: ToldAlert): string {
  const lines = [alert.text, '', `At: ${alert.at}`];
  if (alert.agent !== null) lines.push(`Agent: ${alert.agent.name} (${alert.agent.id})`);
  if (alert.host !== null) lines.push(`Host: ${alert.host.name}`);
  return `${lines.join('\n')}\n`;
}
