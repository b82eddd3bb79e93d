/**
 * Reads words as the docker CLI does (the rules of Go's pflag): `--flag value`, `--flag=value`, `-p80:80`, `-it`, `--` as the end of the
 * flags. Nothing is thrown: what is wrong is listed, one problem for each word, and what is right is in the options all the same.
 */
import type { FieldProblem } from '../errors.ts';
import { findConflicts } from './conflicts.ts';
import type { Flag } from './flags/flag.ts';
import { FLAGS, longName, nearestFlag } from './flags.ts';
import { emptyDraft, finishDraft, type RunOptions } from './run-options.ts';
import { splitCommand } from './split.ts';

export interface ParsedFlags {
  readonly options: RunOptions;
  /** Flags that were left out because they change nothing here. */
  readonly notes: readonly { readonly flag: string; readonly why: string }[];
  readonly problems: readonly FieldProblem[];
}

export interface ParsedCommand extends ParsedFlags {
  /** null: the command names none. */
  readonly image: string | null;
  /** null: the image's own. */
  readonly command: readonly string[] | null;
}

/** Far more than anybody writes; a larger list is somebody's script gone wrong. */
const MAX_WORDS = 4096;

/** `startArgs`: flags only. Problems name `startArgs[2]`. */
export function parseFlags(words: readonly string[], field = 'startArgs'): ParsedFlags {
  const reader = new WordReader(words, field);
  const rest = reader.readFlags(0);
  const positional = words[rest];
  if (positional !== undefined) {
    reader.problem(rest, masked(positional), 'is no flag: image and command have fields of their own');
  }
  return reader.result();
}

/** A whole command: text as pasted, or words. `docker run`, `docker create` and `docker container run` are read. */
export function parseCommand(command: string | readonly string[], field = 'command'): ParsedCommand {
  const split = typeof command === 'string' ? splitCommand(command) : { words: command };
  if ('refusal' in split) {
    const { at, found, rule } = split.refusal;
    const problems = [{ field, value: found, rule: `${rule} (character ${at + 1})` }];
    return { options: finishDraft(emptyDraft()), notes: [], problems, image: null, command: null };
  }
  const { words } = split;
  const reader = new WordReader(words, field);
  const start = skipProgram(words, reader);
  const imageAt = start === null ? words.length : reader.readFlags(start);
  const image = words[imageAt] ?? null;
  if (start !== null && image === null)
    reader.problem(words.length - 1, words.at(-1) ?? '', 'ends without an image');
  const rest = words.slice(imageAt + 1);
  return { ...reader.result(), image, command: rest.length === 0 ? null : rest };
}

/** The flags but for some, by their long names; the words of the others stay as they were written. Words that cannot be read stay too. */
export function withoutFlags(words: readonly string[], names: readonly string[]): readonly string[] {
  const reader = new WordReader(words, 'startArgs');
  const kept: string[] = [];
  let read = 0;
  for (const { name, value, from, to, shared } of reader.readEach()) {
    const stays = !names.includes(name);
    kept.push(...words.slice(read, from));
    // `-itm512m` is several flags in one word: those that stay are written out
    if (shared && stays) kept.push(`--${name}=${value}`);
    else if (stays) kept.push(...words.slice(from, to));
    read = to;
  }
  kept.push(...words.slice(read));
  return kept;
}

/** Where the flags of `docker run` begin, or null when this is another command. */
function skipProgram(words: readonly string[], reader: WordReader): number | null {
  let at = 0;
  while (words[at] === 'sudo' || words[at] === '$' || words[at] === '#') at += 1;
  const program = words[at]?.split('/').at(-1);
  if (program !== 'docker' && program !== 'podman') {
    reader.problem(at, masked(words[at] ?? ''), 'must begin with docker run');
    return null;
  }
  at += words[at + 1] === 'container' ? 2 : 1;
  const verb = words[at];
  if (verb === 'run' || verb === 'create') return at + 1;
  const flag = verb?.startsWith('-') === true;
  reader.problem(
    at,
    verb ?? '',
    flag
      ? 'stands before run: the host is chosen in Slipway, not with flags of docker'
      : 'must be docker run or docker create',
  );
  return null;
}

/** One flag as it was given; `from` is the index of its word, `to` the one behind its last word. */
interface GivenFlag {
  readonly name: string;
  readonly value: string;
  readonly from: number;
  readonly to: number;
  /** It shares its word with other flags. */
  readonly shared: boolean;
}

class WordReader {
  readonly #given: Omit<GivenFlag, 'shared'>[] = [];
  #from = 0;
  readonly #draft = emptyDraft();
  readonly #notes = new Map<string, string>();
  readonly #problems: FieldProblem[] = [];
  /** By long name: the word that gave the flag last. */
  readonly #seen = new Map<string, number>();
  readonly #words: readonly string[];
  readonly #field: string;

  constructor(words: readonly string[], field: string) {
    this.#words = words;
    this.#field = field;
  }

  problem(index: number, value: string, rule: string): void {
    this.#problems.push({
      field: `${this.#field}[${Math.max(0, index)}]`,
      value: value.length > 200 ? `${value.slice(0, 200)}…` : value,
      rule,
    });
  }

  result(): ParsedFlags {
    const options = finishDraft(this.#draft);
    for (const conflict of findConflicts(options, (flag) => this.#seen.has(flag))) {
      const at = Math.max(...conflict.flags.map((flag) => this.#seen.get(flag) ?? 0));
      this.problem(at, this.#words[at] ?? '', conflict.rule);
    }
    return {
      options,
      notes: [...this.#notes].map(([flag, why]) => ({ flag, why })),
      problems: this.#problems,
    };
  }

  /** Reads flags from a word on. Gives the index of the first word that is none. */
  readFlags(from: number): number {
    if (this.#words.length > MAX_WORDS) {
      this.problem(MAX_WORDS, this.#words[MAX_WORDS] ?? '', `is beyond the ${MAX_WORDS} words that are read`);
      return this.#words.length;
    }
    let at = from;
    for (;;) {
      const word = this.#words[at];
      if (word === undefined || word === '-' || !word.startsWith('-')) return at;
      if (word === '--') return at + 1;
      this.#from = at;
      at = word.startsWith('--') ? this.#readLong(word, at) : this.#readShorts(word, at);
    }
  }

  #readLong(word: string, at: number): number {
    const equals = word.indexOf('=');
    const name = word.slice(2, equals === -1 ? undefined : equals);
    const flag = FLAGS.get(name);
    if (flag === undefined) {
      const nearest = nearestFlag(name);
      this.problem(at, masked(word), unknownRule(name, nearest));
      // what follows a misspelt flag is its value, not the image
      const valued = equals === -1 && nearest !== null && FLAGS.get(nearest)?.kind !== 'switch';
      return valued && this.#words[at + 1]?.startsWith('-') === false ? at + 2 : at + 1;
    }
    if (equals !== -1) return this.#take(name, flag, word.slice(equals + 1), at);
    return flag.kind === 'switch' ? this.#take(name, flag, 'true', at) : this.#takeNext(name, flag, at);
  }

  /** `-it`, `-p80:80`, `-p=80:80`, `-p 80:80`, `-itp 80:80`. */
  #readShorts(word: string, at: number): number {
    for (let index = 1; index < word.length; index += 1) {
      const short = word.charAt(index);
      const name = longName(short);
      const flag = name === undefined ? undefined : FLAGS.get(name);
      const rest = word.slice(index + 1);
      if (name === undefined || flag === undefined) {
        this.problem(at, masked(word), `there is no flag -${short}`);
        return at + 1;
      }
      if (rest.length > 1 && rest.startsWith('=')) return this.#take(name, flag, rest.slice(1), at);
      if (flag.kind === 'switch') this.#take(name, flag, 'true', at);
      else return rest === '' ? this.#takeNext(name, flag, at) : this.#take(name, flag, rest, at);
    }
    return at + 1;
  }

  #takeNext(name: string, flag: Flag, at: number): number {
    const value = this.#words[at + 1];
    if (value !== undefined) return this.#take(name, flag, value, at + 1);
    this.problem(at, this.#words[at] ?? '', `--${name} must have a value`);
    return at + 1;
  }

  /** All flags in their order. */
  readEach(): readonly GivenFlag[] {
    this.readFlags(0);
    return this.#given.map((flag, index) => ({
      ...flag,
      shared: [this.#given[index - 1], this.#given[index + 1]].some(
        (neighbour) => neighbour?.from === flag.from,
      ),
    }));
  }

  /** Gives the index behind the word that held the value. */
  #take(name: string, { use, aliasOf }: Flag, value: string, at: number): number {
    this.#seen.set(aliasOf ?? name, at);
    this.#given.push({ name: aliasOf ?? name, value, from: this.#from, to: at + 1 });
    const rule = use.how === 'refused' ? null : (use.take?.(this.#draft, value) ?? null);
    const word = this.#words[at] ?? '';
    const said = name === 'env' || name === 'env-file' ? masked(word) : word;
    if (use.how === 'refused') this.problem(at, said, `--${name} is not for Slipway: ${use.why}`);
    else if (rule !== null) this.problem(at, said, `--${name} ${rule}`);
    else if (use.how === 'ignored') this.#notes.set(`--${name}`, use.why);
    return at + 1;
  }
}

function unknownRule(name: string, nearest: string | null): string {
  if (/\s/.test(name))
    return 'must be one word: write --flag=value, or flag and value as two entries of the list';
  return `there is no flag --${name}${nearest === null ? '' : `; did you mean --${nearest}?`}`;
}

/** What stands behind the first equals sign may be a secret in the wrong place: it is not repeated. */
function masked(word: string): string {
  const equals = word.indexOf('=');
  return equals === -1 ? word : `${word.slice(0, equals)}=…`;
}
