import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectAgent } from './connection.ts';

/**
 * A POST after which the connection is a plain stream both ways. Rejects with what the engine answered instead, as the client library
 * throws it, or with the reason of the signal. The caller destroys the stream.
 */
export function hijack(
  agent: ConnectAgent,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<{ readonly stream: Duplex; readonly head: Buffer }> {
  return new Promise((resolve, reject) => {
    const content = JSON.stringify(body);
    const request = http.request({
      agent,
      host: 'engine',
      method: 'POST',
      path,
      signal,
      headers: {
        connection: 'Upgrade',
        upgrade: 'tcp',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(content),
      },
    });
    request.on('upgrade', (_response, stream, head) => {
      agent.adopt(stream);
      resolve({ stream, head });
    });
    request.on('response', (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (answer += part));
      response.on('error', reject);
      response.on('end', () => {
        reject(refusal(response.statusCode ?? 0, answer));
      });
    });
    request.on('error', (error) => {
      reject(error);
    });
    request.end(content);
  });
}

function refusal(statusCode: number, answer: string): Error {
  const message = messageOf(answer);
  return Object.assign(new Error(message), { statusCode, json: { message } });
}

function messageOf(answer: string): string {
  try {
    const json: unknown = JSON.parse(answer);
    const message: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'message') : null;
    return typeof message === 'string' ? message : answer.trim();
  } catch {
    return answer.trim();
  }
}
