/* eslint-disable no-control-regex -- control characters are what this reads */
/** CSI sequences, OSC strings (titles, links), two-character escapes, and control characters except tab. */
export const ESCAPE =
  /\x1b\[([0-9;:?<=>]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f]/g;

const SPECIAL = /[\x00-\x08\x0b-\x1f\x7f]/;

/** Whether a line has more than plain characters and tabs; nearly all lines have not. */
export function hasCodes(text: string): boolean {
  return SPECIAL.test(text);
}

/** A line as it is read: without codes, and of a progress bar what it wrote last. Pure. */
export function plainText(text: string): string {
  return hasCodes(text) ? afterReturns(text).replace(ESCAPE, '') : text;
}

/** A progress bar writes over itself with carriage returns: what counts is what it wrote last. */
export function afterReturns(text: string): string {
  const trimmed = text.replace(/\r+$/, '');
  const at = trimmed.lastIndexOf('\r');
  return at === -1 ? trimmed : trimmed.slice(at + 1);
}
