/** An engine that makes nothing: it answers the docker CLI and keeps the body that the CLI sent to create. For flags newer than any engine here. */
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RecordedCreate {
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export class RecordingEngine {
  #folder = '';
  readonly #server: http.Server;
  readonly #made = new Map<string, RecordedCreate>();

  constructor(apiVersion: string) {
    this.#server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://engine');
        response.setHeader('Api-Version', apiVersion);
        response.setHeader('OSType', 'linux');
        response.setHeader('Content-Type', 'application/json');
        if (url.pathname.endsWith('/_ping')) return response.end('OK');
        if (!url.pathname.endsWith('/containers/create')) return response.end('{}');
        const id = (this.#made.size + 1).toString(16).padStart(64, '0');
        this.#made.set(id, { query: url.searchParams, body: JSON.parse(Buffer.concat(chunks).toString()) });
        response.statusCode = 201;
        return response.end(JSON.stringify({ Id: id, Warnings: [] }));
      });
    });
  }

  get socket(): string {
    return join(this.#folder, 'docker.sock');
  }

  listen(): Promise<void> {
    this.#folder = mkdtempSync(join(tmpdir(), 'recording-engine-'));
    return new Promise((resolve) => this.#server.listen(this.socket, resolve));
  }

  take(id: string): RecordedCreate | undefined {
    return this.#made.get(id);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
