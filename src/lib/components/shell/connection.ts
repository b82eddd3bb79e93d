import { createContext } from 'svelte';

/** How the page hangs on the server. `lost` keeps what is on screen and says since when. Times are milliseconds since 1970. */
export type Connection =
  | { readonly state: 'live' | 'connecting' }
  | { readonly state: 'lost'; readonly since: number; readonly nextTryAt: number | null };

/** What the shell tells the parts inside it. Getters, so that they follow. */
export interface ShellContext {
  readonly connection: Connection;
  readonly attention: number;
  readonly retry: (() => void) | undefined;
}

const [get, set] = createContext<() => ShellContext>();

export const setShell = set;

/** The shell around this part; undefined where there is none (login, a component on its own). */
export function useShell(): (() => ShellContext) | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
