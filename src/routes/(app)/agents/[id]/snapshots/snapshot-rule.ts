/** The rule by which an agent's snapshots are taken by themselves, in words and as a form sends it. Pure. */
import type { SnapshotRule } from '#lib/domain/agent-spec.ts';
import { sn } from '#lib/text/en-snapshots.ts';

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** `90 min`, `6 h`: in the largest unit that says it exactly. */
export function spanWords(seconds: number): string {
  const [size, unit] = UNITS.find(([each]) => seconds % each === 0) ?? [1, 's'];
  return `${(seconds / size).toLocaleString('en')} ${unit}`;
}

/** As an input takes it. */
export function spanField(seconds: number | null): string {
  return seconds === null ? '' : spanWords(seconds).replace(' min', 'm').replaceAll(/[ ,]/g, '');
}

export function ruleWords({ beforeStop, beforeRemove, every, keep }: SnapshotRule): string {
  const words = sn.agent.rule;
  const parts = [
    ...(beforeStop ? [words.beforeStop] : []),
    ...(beforeRemove ? [words.beforeRemove] : []),
    ...(every === null ? [] : [words.every(spanWords(every))]),
  ];
  if (parts.length === 0) return words.none;
  return `${words.say(parts)} ${keep === null ? words.keepAll : words.keep(keep)}`;
}

/** What is left empty takes that part of the rule away. A box that is not ticked sends nothing. */
export function ruleFrom(form: FormData): Readonly<Record<string, unknown>> {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  const keep = text('keep');
  return {
    beforeStop: form.has('beforeStop'),
    beforeRemove: form.has('beforeRemove'),
    every: text('every'),
    keep: keep !== null && /^\d+$/.test(keep) ? Number(keep) : keep,
  };
}
