import type { Problem } from '#lib/domain/errors.ts';
import type { AgentDetailView, AgentView, HostView, LifeView, OperationView } from '#lib/protocol/views.ts';

/** The answer of a call that was refused. */
export interface Refusal {
  readonly error: Problem & { readonly requestId: string };
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** A script that uses the API with a token, as its documentation says. */
export class Api {
  readonly #url: () => string;
  readonly #token: string;

  constructor(url: () => string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Any call. The body of the answer is taken to be what the test says: tests look at it with expect. */
  async call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(this.#url() + path, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as Body,
    };
  }

  async agents(): Promise<readonly AgentView[]> {
    return (await this.#good<{ agents: readonly AgentView[] }>('GET', '/api/agents')).agents;
  }

  agent(idOrName: string): Promise<AgentDetailView> {
    return this.#good('GET', `/api/agents/${idOrName}`);
  }

  /** Makes an agent and waits until it is ready. */
  spawn(input: Readonly<Record<string, unknown>>): Promise<AgentDetailView> {
    return this.#good('POST', '/api/agents?wait=true', { type: 'shell', ...input });
  }

  /** Any verb; resolves when it is done. */
  act(
    verb: string,
    idOrName: string,
    body: Readonly<Record<string, unknown>> = {},
  ): Promise<AgentDetailView> {
    return this.#good('POST', `/api/agents/${idOrName}/${verb}`, body);
  }

  async lives(idOrName: string): Promise<readonly LifeView[]> {
    return (await this.#good<{ lives: readonly LifeView[] }>('GET', `/api/agents/${idOrName}/history`)).lives;
  }

  async host(): Promise<HostView> {
    const [host] = (await this.#good<{ hosts: readonly HostView[] }>('GET', '/api/hosts')).hosts;
    if (host === undefined) throw new Error('there is no host');
    return host;
  }

  async operations(): Promise<readonly OperationView[]> {
    return (await this.#good<{ operations: readonly OperationView[] }>('GET', '/api/operations')).operations;
  }

  /** Takes away every agent, at once, so that the next test begins with none. */
  async removeAgents(): Promise<void> {
    const agents = await this.agents();
    await Promise.all(agents.map(({ id }) => this.call('DELETE', `/api/agents/${id}?force=true&timeout=0`)));
  }

  async #good<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.call<Body>(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}
