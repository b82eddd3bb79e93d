/** The launch form while it is filled in: its fields, what is wrong and where, what is open, what it would send. */
import { createContext, untrack } from 'svelte';
import type { Problem } from '#lib/domain/errors.ts';
import type { CheckView, PreflightView } from '#lib/protocol/views.ts';
import { c } from '#lib/text/en-create.ts';
import { changedFields } from './changed-fields.ts';
import { placeProblem, placeProblems, textProblems, type Placed } from './field-problems.ts';
import {
  FIELD_NAMES,
  GROUP_NAMES,
  filled,
  groupOf,
  type Fields,
  type FieldName,
  type FilledFields,
} from './fields.ts';
import { summaryOf } from './group-summary.ts';
import { Preflight } from './preflight.svelte.ts';
import { spawnBody, type SpawnBody } from './spawn-form.ts';

/** The agent that is edited. */
export interface Edited {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly host: string;
  readonly hasContainer: boolean;
  readonly before: FilledFields;
}

export interface Refusal {
  readonly problem: Problem;
  /** As they were when they were sent. */
  readonly fields: Fields;
}

export interface LaunchFormStart {
  readonly fields: Fields;
  /** What an empty field means, by type. */
  readonly standards: Readonly<Record<string, FilledFields>>;
  readonly edited: Edited | null;
  readonly refusal: Refusal | null;
  readonly checked: PreflightView | null;
}

export interface Wrong {
  readonly field: FieldName | null;
  readonly text: string;
}

const NOTHING: Placed = { at: {}, elsewhere: [] };

/** The field in which a refused check can be mended. */
const FIELD_OF_CHECK: Readonly<Partial<Record<CheckView['name'], FieldName>>> = {
  name: 'name',
  image: 'image',
  allowed: 'image',
  ports: 'ports',
  networks: 'networks',
  mounts: 'volumes',
};

export class LaunchForm {
  fields = $state<FilledFields>(filled());
  refusal = $state.raw<Refusal | null>(null);
  touched = $state.raw<ReadonlySet<FieldName>>(new Set());
  open = $state<Record<string, boolean>>({});
  advanced = $state(false);
  /** A docker run command that was pasted into a field. */
  offer = $state.raw<{ readonly field: FieldName; readonly text: string } | null>(null);
  /** How many lines each field had when the form was filled: boxes are as tall as that. */
  lines = $state.raw<Readonly<Partial<Record<FieldName, number>>>>({});
  /** Where the focus belongs when the page comes back refused. */
  readonly first: FieldName | null;
  readonly edited: Edited | null;
  readonly preflight: Preflight;
  readonly #left = new Set<FieldName>();
  readonly #standards: LaunchFormStart['standards'];

  constructor({ fields, standards, edited, refusal, checked }: LaunchFormStart) {
    this.edited = edited;
    this.#standards = standards;
    this.preflight = new Preflight(checked, this.edited?.id ?? null, () => this.#flush());
    this.fields = filled({ ...fields, host: fields.host || 'auto' });
    this.open = { image: true };
    untrack(() => {
      this.#measure();
      this.advanced = this.set.length > 0;
      if (refusal !== null) this.refuse(refusal);
    });
    this.first = untrack(() => this.firstRefused);
  }

  readonly standard = $derived.by(() => this.#standards[this.fields.type] ?? filled());
  readonly body = $derived.by(() => spawnBody(this.fields));
  readonly changes = $derived.by(() =>
    this.edited === null ? null : changedFields(this.edited.before, this.fields),
  );
  /** What is sent: the whole wish, or what an edit changes. */
  readonly sent = $derived<SpawnBody>(this.changes ?? this.body);
  /** What is checked: always the whole wish. */
  readonly wish = $derived.by<SpawnBody>(() => {
    const { edited } = this;
    return edited === null
      ? this.body
      : { ...this.body, name: edited.name, type: edited.type, host: edited.host };
  });
  /** Groups in which something is set. */
  readonly set = $derived.by(() => GROUP_NAMES.filter((group) => summaryOf(group, this.fields) !== ''));

  /** The checks of the last answer. */
  readonly checks = $derived.by((): readonly CheckView[] => this.preflight.answer?.checks ?? []);

  readonly #local = $derived.by(() => placeProblems(textProblems(this.fields), this.fields));
  readonly #checked = $derived.by(() => {
    const problem = this.preflight.answer?.problem ?? null;
    return problem === null ? NOTHING : placeProblem(problem, this.fields);
  });
  readonly #refusedChecks = $derived.by(() => this.checks.filter((check) => check.result === 'refused'));
  readonly #sent = $derived.by(() =>
    this.refusal === null ? NOTHING : placeProblem(this.refusal.problem, this.refusal.fields),
  );

  /** What is wrong with a field, said or not. */
  #wrongAt(name: FieldName): string | null {
    const asSent = this.refusal !== null && (this.refusal.fields[name] ?? '') === this.fields[name];
    const check = this.#refusedChecks.find((each) => FIELD_OF_CHECK[each.name] === name);
    return (
      (asSent ? this.#sent.at[name] : undefined) ??
      this.#local.at[name] ??
      this.#checked.at[name] ??
      check?.text ??
      null
    );
  }

  /** What stands at the field: only after somebody was there. */
  error(name: FieldName): string | null {
    return this.touched.has(name) ? this.#wrongAt(name) : null;
  }

  /** All that is wrong, in the order of the form. */
  readonly wrong = $derived.by((): readonly Wrong[] => {
    const unmoved =
      this.refusal !== null &&
      FIELD_NAMES.every((name) => (this.refusal?.fields[name] ?? '') === this.fields[name]);
    const elsewhere = [
      ...(unmoved && this.#sentHasFields ? this.#sent.elsewhere : []),
      ...this.#checked.elsewhere,
      ...this.#refusedChecks
        .filter((check) => FIELD_OF_CHECK[check.name] === undefined)
        .map((check) => `${c.checks[check.name]}: ${check.text}`),
    ];
    return [
      ...FIELD_NAMES.flatMap((field) => {
        const text = this.#wrongAt(field);
        return text === null
          ? []
          : [{ field, text: field === 'rest' ? text : `${c.fields[field].label}: ${text}` }];
      }),
      ...[...new Set(elsewhere)].map((text) => ({ field: null, text })),
    ];
  });

  get #sentHasFields(): boolean {
    return (this.refusal?.problem.details?.fields?.length ?? 0) > 0;
  }

  /** A refusal that no field can mend: the host is away, the right is missing. */
  readonly refused = $derived.by((): Problem | null =>
    this.refusal === null || this.#sentHasFields || Object.keys(this.#sent.at).length > 0
      ? null
      : this.refusal.problem,
  );

  /** Somebody was at the field. While it is being checked the last answer may be out of date: then it is said when the next one is there. */
  touch(name: string): void {
    const field = FIELD_NAMES.find((each) => each === name);
    if (field === undefined || this.touched.has(field)) return;
    this.#left.add(field);
    if (!this.preflight.checking) this.#flush();
  }

  #flush(): void {
    if (this.#left.size > 0) this.touched = new Set([...this.touched, ...this.#left]);
    this.#left.clear();
  }

  /** Shows everything that is wrong and opens where it is. */
  refuse(refusal: Refusal): void {
    this.refusal = { ...refusal, fields: filled(refusal.fields) };
    this.touched = new Set(FIELD_NAMES);
    for (const field of FIELD_NAMES) if (this.#sent.at[field] !== undefined) this.show(field);
  }

  /** The first field that the server refused. */
  get firstRefused(): FieldName | null {
    return FIELD_NAMES.find((name) => this.#sent.at[name] !== undefined) ?? null;
  }

  /** Opens the group of a field. */
  show(field: FieldName): void {
    const group = groupOf(field);
    if (group === null || (field === 'image' && this.standard.image === '')) return;
    this.advanced = true;
    this.open[group] = true;
  }

  /** Everything anew, as of a pasted command; name and host stay when it says none, and what an edit may not change stays. */
  fill(next: FilledFields): void {
    const { edited, fields } = this;
    const image =
      edited === null || next.image !== '' ? next.image : (this.#standards[next.type]?.image ?? '');
    this.fields = {
      ...next,
      image: image === this.standard.image && edited !== null ? '' : image,
      name: edited === null ? next.name || fields.name : fields.name,
      host: fields.host,
      ...(edited === null ? {} : { type: fields.type, tags: fields.tags }),
    };
    this.refusal = null;
    this.offer = null;
    this.touched = new Set();
    this.#measure();
    this.advanced = this.set.length > 0;
  }

  #measure(): void {
    this.lines = Object.fromEntries(FIELD_NAMES.map((name) => [name, this.fields[name].split('\n').length]));
  }

  end(): void {
    this.preflight.end();
  }
}

export const [useLaunchForm, provideLaunchForm] = createContext<LaunchForm>();
