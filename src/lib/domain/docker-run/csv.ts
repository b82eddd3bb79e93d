/**
 * One line of comma separated fields, as Go's encoding/csv reads it: `--mount`, `--gpus` and the long form of `--network` use it.
 * A field in double quotes may hold commas; a doubled quote inside it is one quote.
 */
import { accept, refuse, type Read } from './read.ts';

export function readCsv(text: string): Read<readonly string[]> {
  if (text === '' || /[\r\n]/.test(text)) return refuse('must be one line of fields with commas between');
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1);
      if (close === -1) return refuse('has a quoted field without its closing quote, or text behind it');
      fields.push(text.slice(at + 1, close).replaceAll('""', '"'));
      at = close + 1;
    } else {
      const comma = text.indexOf(',', at);
      const field = text.slice(at, comma === -1 ? text.length : comma);
      if (field.includes('"')) return refuse('has a quote inside a field: put the whole field in quotes');
      fields.push(field);
      at += field.length;
    }
    if (at >= text.length) return accept(fields);
    at += 1;
  }
}

/** Where the quoted field ends: a quote with a comma or the end behind it. */
function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] !== '"') continue;
    if (text[at + 1] === '"') at += 1;
    else return at + 1 === text.length || text[at + 1] === ',' ? at : -1;
  }
  return -1;
}

export function formatCsv(fields: readonly string[]): string {
  return fields.map((field) => (/[",\s]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
