import type { Terminal } from '@xterm/xterm';

/** Ctrl+C copies while something is selected; Ctrl+V and both with Shift are the browser's own. Everything else belongs to the program. */
export function listenToKeys(terminal: Terminal): void {
  terminal.attachCustomKeyEventHandler((event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return true;
    const key = event.key.toLowerCase();
    if (key === 'v') return false;
    const copies = key === 'c' && (event.shiftKey || event.metaKey || terminal.hasSelection());
    if (!copies) return true;
    if (event.type === 'keydown' && terminal.hasSelection()) {
      event.preventDefault();
      void navigator.clipboard.writeText(terminal.getSelection());
      terminal.clearSelection();
    }
    return false;
  });
}
