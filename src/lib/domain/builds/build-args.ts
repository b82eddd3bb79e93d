/**
 * Reads words as `docker build` does: `--flag value`, `--flag=value`, `-f path`, `-tname`. Nothing is thrown: what is wrong is listed by word,
 * and what is right is in the settings all the same.
 */
import { nearestFlag } from '../docker-run/flags.ts';
import type { FieldProblem } from '../errors.ts';
import { BUILD_FLAGS, type BuildFlag, type SettingsDraft } from './build-flags.ts';
import type { SaidSettings } from './build-settings.ts';

export interface ParsedBuildArgs {
  readonly settings: SaidSettings;
  readonly problems: readonly FieldProblem[];
}

/** The flag that a word gives, and its value when it stands in the same word. */
interface Given {
  readonly name: string;
  readonly flag: BuildFlag;
  readonly value: string | null;
}

const SHORT: ReadonlyMap<string, string> = new Map(
  [...BUILD_FLAGS].flatMap(([name, { short }]) => (short === undefined ? [] : [[short, name] as const])),
);

/** Problems name `buildArgs.2`. */
export function parseBuildArgs(words: readonly string[], field = 'buildArgs'): ParsedBuildArgs {
  const settings: SettingsDraft = {};
  const problems: FieldProblem[] = [];
  const problem = (at: number, rule: string) => {
    problems.push({ field: `${field}.${at}`, value: masked(words[at] ?? ''), rule });
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const given = readWord(word);
    if (typeof given === 'string') {
      problem(at, given);
      // what follows a misspelt flag is its value
      if (word.startsWith('--') && !word.includes('=') && words[at + 1]?.startsWith('-') === false) at += 1;
      continue;
    }
    const { name, flag } = given;
    if ('refused' in flag.use) problem(at, `--${name} is not for Slipway: ${flag.use.refused}`);
    const taking = at;
    let { value } = given;
    if (value === null && flag.isSwitch) value = 'true';
    if (value === null) {
      at += 1;
      value = words[at] ?? null;
    }
    if (value === null) problem(taking, `--${name} must have a value`);
    else if ('take' in flag.use) {
      const rule = flag.use.take(settings, value);
      if (rule !== null) problem(at, `--${name} ${rule}`);
    }
  }
  return { settings, problems };
}

/** Or the rule that the word breaks. */
function readWord(word: string): Given | string {
  if (!word.startsWith('-') || word === '-' || word === '--')
    return 'is no flag: where the files come from has fields of its own';
  const equals = word.indexOf('=');
  if (!word.startsWith('--')) {
    const name = SHORT.get(word.charAt(1));
    const flag = name === undefined ? undefined : BUILD_FLAGS.get(name);
    if (name === undefined || flag === undefined) return `there is no flag -${word.charAt(1)}`;
    const rest = word.slice(2).replace(/^=/, '');
    return { name, flag, value: rest === '' ? null : rest };
  }
  const name = word.slice(2, equals === -1 ? undefined : equals);
  const flag = BUILD_FLAGS.get(name);
  if (flag !== undefined) return { name, flag, value: equals === -1 ? null : word.slice(equals + 1) };
  if (/\s/.test(name))
    return 'must be one word: write --flag=value, or flag and value as two entries of the list';
  const nearest = nearestFlag(name, BUILD_FLAGS.keys());
  return `there is no flag --${name}${nearest === null ? '' : `; did you mean --${nearest}?`}`;
}

/** The value of a build argument may be a secret in the wrong place: it is not repeated. */
function masked(word: string): string {
  const equals = word.indexOf('=');
  const start = equals === -1 ? word : `${word.slice(0, equals)}=…`;
  return start.length > 200 ? `${start.slice(0, 200)}…` : start;
}
