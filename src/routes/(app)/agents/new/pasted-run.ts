/** A docker run command that is pasted where something else belongs. */
import type { FieldName } from './fields.ts';
import type { LaunchForm } from './launch-form.svelte.ts';

export function looksLikeRun(text: string): boolean {
  return /^\s*(?:[$#]\s+)?(?:sudo\s+)?(?:\S*\/)?(?:docker|podman)\s+(?:container\s+)?(?:run|create)\s/.test(
    text,
  );
}

/** Keeps the text as it was copied: a field of one line would drop its line ends. */
export function offerRun(event: ClipboardEvent, form: LaunchForm, field: FieldName): void {
  const text = event.clipboardData?.getData('text') ?? '';
  if (!looksLikeRun(text)) return;
  event.preventDefault();
  form.offer = { field, text };
}
