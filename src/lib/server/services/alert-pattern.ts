import { RE2JS } from 're2js';
import { plainText } from '../streams/plain-text.ts';

/** Of a longer line only the beginning is looked at, so that no line costs more than its share. */
const LINE_CHARACTERS = 2_000;
const LITERAL = /^[\w\s:;,'"=@#%&!<>/~`-]+$/;

/** Whether a line matches. RE2 takes time in proportion to the line, whatever the pattern. */
export function linePattern(pattern: string): (text: string) => boolean {
  const words = (text: string) => plainText(text.slice(0, LINE_CHARACTERS));
  if (LITERAL.test(pattern)) return (text) => words(text).includes(pattern);
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matcher(words(text)).find();
}
