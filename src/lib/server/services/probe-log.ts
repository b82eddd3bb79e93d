import { RE2JS } from 're2js';
import type { ContainerFacts, Engine } from '../engine/engine.ts';
import { LineAssembler } from '../streams/lines.ts';
import { no, yes, type Answer, type Probe } from './probe.ts';

/**
 * Follows the output from the start of the present life. The pattern is RE2: no pattern makes it slow. The engine keeps a line back until its
 * newline comes, so a prompt that waits at the end of a line is not seen.
 */
export class LogProbe implements Probe {
  readonly #engine: Engine;
  readonly #containerId: string;
  readonly #pattern: RE2JS;
  readonly #end = new AbortController();
  #life: number | null | undefined = undefined;
  #following: Promise<void> | null = null;
  #found: string | null = null;

  constructor(engine: Engine, containerId: string, pattern: string) {
    this.#engine = engine;
    this.#containerId = containerId;
    this.#pattern = RE2JS.compile(pattern);
  }

  ask(facts: ContainerFacts): Promise<Answer> {
    if (this.#following === null || this.#life !== facts.startedAt) this.#follow(facts);
    return Promise.resolve(
      this.#found === null ? no('its output has no match yet') : yes('its output matches'),
    );
  }

  close(): void {
    this.#end.abort();
  }

  #follow({ startedAt, finishedAt }: ContainerFacts): void {
    // what another run said counts for nothing
    if (this.#life !== startedAt) this.#found = null;
    this.#life = startedAt;
    const following = this.#read(startedAt, finishedAt).catch(() => undefined);
    this.#following = following;
    // a follow that broke is begun again by the next question
    void following.then(() => {
      if (this.#following === following) this.#following = null;
    });
  }

  /**
   * From the end of the run before on, not from the start of this one: the engine writes down the start only after the program runs, which may
   * have said its line by then.
   */
  async #read(startedAt: number | null, endedBefore: number | null): Promise<void> {
    const assembler = new LineAssembler();
    const since = endedBefore === null ? null : new Date(endedBefore + 1).toISOString();
    const options = { follow: true, tail: null, since, signal: this.#end.signal };
    const matches = (text: string) => this.#pattern.matcher(text).find();
    for await (const frame of this.#engine.logs(this.#containerId, options)) {
      const hit = assembler.push(frame).find((line) => matches(line.text));
      if (hit === undefined) continue;
      this.#find(startedAt, hit.text);
      return;
    }
    const last = assembler.end().find((line) => matches(line.text));
    if (last !== undefined) this.#find(startedAt, last.text);
  }

  #find(life: number | null, text: string): void {
    if (life === this.#life) this.#found = text;
  }
}
