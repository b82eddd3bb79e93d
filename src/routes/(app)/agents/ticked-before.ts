import { browser } from '$app/environment';

/** The boxes of a form that were ticked on the server's page before its script ran: what somebody chose is kept. */
export function tickedBefore(form: string): ReadonlySet<string> {
  if (!browser) return new Set();
  const ticked = document.querySelectorAll<HTMLInputElement>(`input[name="select"][form="${form}"]:checked`);
  return new Set([...ticked].map((box) => box.value));
}
