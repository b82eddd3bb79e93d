import { constants } from 'node:os';

/** The number of a signal by name (with or without SIG) or number; null when there is none such. */
export function signalNumber(name: string): number | null {
  if (/^\d+$/.test(name)) return Number(name) >= 1 && Number(name) <= 64 ? Number(name) : null;
  const full = name.startsWith('SIG') ? name : `SIG${name}`;
  return Object.entries(constants.signals).find(([each]) => each === full)?.[1] ?? null;
}
