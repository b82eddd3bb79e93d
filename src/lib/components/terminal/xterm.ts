/** The terminal that is drawn in a page: xterm.js in our colours. A module of its own, because it is loaded only when a terminal is opened. */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal, type ITheme } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

const SCROLLBACK_LINES = 5_000;
const HUES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
const BRIGHT = {
  black: 'brightBlack',
  red: 'brightRed',
  green: 'brightGreen',
  yellow: 'brightYellow',
  blue: 'brightBlue',
  magenta: 'brightMagenta',
  cyan: 'brightCyan',
  white: 'brightWhite',
} as const;

export interface DrawnTerminal {
  readonly terminal: Terminal;
  readonly search: SearchAddon;
  /** Columns and rows that fit into its box; null while it is not to be seen. */
  fitting(): { readonly columns: number; readonly rows: number } | null;
  dispose(): void;
}

export function drawTerminal(
  box: HTMLElement,
  options: { readonly fontSize: number; readonly label: string; readonly readOnly: boolean },
): DrawnTerminal {
  const terminal = new Terminal({
    fontFamily: token('--font-mono'),
    fontSize: options.fontSize,
    lineHeight: 1.2,
    scrollback: SCROLLBACK_LINES,
    cursorBlink: false,
    disableStdin: options.readOnly,
    screenReaderMode: false,
    minimumContrastRatio: 4.5,
    allowProposedApi: true,
    theme: theme(),
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.loadAddon(new WebLinksAddon());
  terminal.open(box);
  terminal.textarea?.setAttribute('aria-label', options.label);
  answerNothing(terminal);
  const repaint = () => {
    terminal.options.theme = theme();
  };
  const themes = new MutationObserver(repaint);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', repaint);
  return {
    terminal,
    search,
    fitting: () => {
      const size = fit.proposeDimensions();
      if (size === undefined || Number.isNaN(size.cols) || Number.isNaN(size.rows)) return null;
      return { columns: Math.max(2, size.cols), rows: Math.max(1, size.rows) };
    },
    dispose: () => {
      themes.disconnect();
      dark.removeEventListener('change', repaint);
      terminal.dispose();
    },
  };
}

/** What a program asks its terminal is answered on the server, once, however many look. */
function answerNothing({ parser }: Terminal): void {
  const taken = () => true;
  for (const id of [
    { final: 'c' },
    { prefix: '>', final: 'c' },
    { prefix: '=', final: 'c' },
    { final: 'n' },
    { prefix: '?', final: 'n' },
    { intermediates: '$', final: 'p' },
    { prefix: '?', intermediates: '$', final: 'p' },
  ])
    parser.registerCsiHandler(id, taken);
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, taken);
  for (const code of [4, 10, 11, 12]) parser.registerOscHandler(code, (data) => data.includes('?'));
}

function theme(): ITheme {
  const accent = token('--color-accent');
  const colours: ITheme = {
    background: token('--color-surface-1'),
    foreground: token('--color-ink-1'),
    cursor: accent,
    cursorAccent: token('--color-surface-1'),
    selectionBackground: token('--color-mark'),
    selectionForeground: token('--color-on-mark'),
    scrollbarSliderBackground: token('--color-line-strong'),
  };
  for (const hue of HUES) {
    const colour = token(`--color-ansi-${hue}`);
    colours[hue] = colour;
    colours[BRIGHT[hue]] = colour;
  }
  return colours;
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
