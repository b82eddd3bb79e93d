/** A mail server that keeps what it is given. Speaks as much SMTP as a sender needs. */
import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { portOf } from './hook-sink.ts';

export interface SmtpSink {
  readonly port: number;
  /** Commands and text of each message, as they came. */
  readonly talks: readonly string[];
}

export async function smtpSink(options: { readonly password?: string } = {}): Promise<SmtpSink> {
  const talks: string[] = [];
  const server = createServer((socket) => {
    let text = '';
    let seen = 0;
    let inData = false;
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.write('220 sink ready\r\n');
    const answer = (line: string): string => {
      if (/^EHLO/i.test(line)) return '250-sink\r\n250 AUTH PLAIN\r\n';
      if (/^AUTH PLAIN/i.test(line)) {
        const given = Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString('utf8')
          .split('\0')[2];
        return given === options.password ? '235 welcome\r\n' : `535 wrong password ${given ?? ''}\r\n`;
      }
      if (/^DATA/i.test(line)) {
        inData = true;
        return '354 go on\r\n';
      }
      if (/^STARTTLS/i.test(line)) return '502 no encryption here\r\n';
      return /^QUIT/i.test(line) ? '221 bye\r\n' : '250 fine\r\n';
    };
    socket.on('data', (piece: string) => {
      text += piece;
      for (let end = text.indexOf('\r\n', seen); end !== -1; end = text.indexOf('\r\n', seen)) {
        const line = text.slice(seen, end);
        seen = end + 2;
        if (!inData) socket.write(answer(line));
        else if (line === '.') {
          inData = false;
          talks.push(text);
          socket.write('250 kept as 4711\r\n');
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return { port: portOf(server), talks };
}
