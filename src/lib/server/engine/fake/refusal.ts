/**
 * What the engine would have answered, in its own words and with its own status. The fake throws this and the table of docker/problems.ts
 * turns it into an AppError, so that the fake cannot know another code than the real one.
 */
export class EngineRefusal extends Error {
  readonly statusCode: number;
  readonly json: { readonly message: string };

  constructor(statusCode: number, words: string) {
    super(words);
    this.name = 'EngineRefusal';
    this.statusCode = statusCode;
    this.json = { message: words };
  }
}

export type SocketFault = 'ENOENT' | 'EACCES' | 'ECONNREFUSED' | 'ECONNRESET';

/** The system's own error for a connection that cannot be made or that broke. */
export function socketFault(code: SocketFault): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}
