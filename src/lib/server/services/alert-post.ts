/** One POST to somebody else's server: to addresses that were checked, without redirects, with an end. */
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { LookupFunction } from 'node:net';
import { AppError } from '#lib/domain/errors.ts';
import type { TargetAddress } from './alert-targets.ts';

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly addresses: readonly [TargetAddress, ...TargetAddress[]];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  /** The beginning of its body. */
  readonly text: string;
  readonly retryAfter: string | undefined;
}

/** Of an answer no more is read. */
const ANSWER_BYTES = 4096;

/** Throws HOST_UNREACHABLE with the words of the system, OPERATION_TIMEOUT when it takes too long. */
export async function post(wish: Post): Promise<PostAnswer> {
  const limit = AbortSignal.timeout(wish.timeoutMs);
  try {
    return await exchange(wish, AbortSignal.any([limit, wish.signal]));
  } catch (error) {
    if (limit.aborted)
      throw new AppError('OPERATION_TIMEOUT', `No answer within ${wish.timeoutMs / 1000} s`, {
        hint: 'Check that the server of the channel is up.',
      });
    throw new AppError('HOST_UNREACHABLE', `Could not be sent: ${wordsOf(error)}`, {
      hint: 'Check the address of the channel and the network between.',
      cause: error,
    });
  }
}

function exchange({ url, headers, body, addresses }: Post, signal: AbortSignal): Promise<PostAnswer> {
  // called with the name that was checked before; it never asks anybody again
  const known: LookupFunction = (_name, options, answer) => {
    if (options.all === true) answer(null, [...addresses]);
    else answer(null, addresses[0].address, addresses[0].family);
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestTls : requestPlain;
    const request = send(
      url,
      {
        method: 'POST',
        agent: false,
        lookup: known,
        signal,
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      },
      (response) => {
        const pieces: Buffer[] = [];
        let size = 0;
        const finish = () => {
          response.destroy();
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(pieces).subarray(0, ANSWER_BYTES).toString('utf8'),
            retryAfter: response.headers['retry-after'],
          });
        };
        response.on('data', (piece: Buffer) => {
          pieces.push(piece);
          size += piece.length;
          if (size >= ANSWER_BYTES) finish();
        });
        response.on('end', finish);
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Of several addresses that failed each says its own. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return wordsOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
