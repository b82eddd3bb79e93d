import { browser } from '$app/environment';

/** Whether a part of the server's page was opened before its script ran: what somebody opened stays open. */
export function openedBefore(part: string): boolean {
  return browser && document.querySelector<HTMLDetailsElement>(`details[data-part="${part}"]`)?.open === true;
}
