/** Colours for the words of a text: loaded when a text is opened, with a handful of languages. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import makefile from 'highlight.js/lib/languages/makefile';
import markdown from 'highlight.js/lib/languages/markdown';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

const LANGUAGES = {
  bash,
  cpp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  javascript,
  json,
  makefile,
  markdown,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
} as const;
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

const BY_END: Readonly<Record<string, keyof typeof LANGUAGES>> = {
  sh: 'bash',
  bash: 'bash',
  zsh: 'bash',
  profile: 'bash',
  bashrc: 'bash',
  c: 'cpp',
  h: 'cpp',
  cc: 'cpp',
  cpp: 'cpp',
  hpp: 'cpp',
  css: 'css',
  diff: 'diff',
  patch: 'diff',
  dockerfile: 'dockerfile',
  go: 'go',
  ini: 'ini',
  toml: 'ini',
  cfg: 'ini',
  conf: 'ini',
  env: 'ini',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  json: 'json',
  makefile: 'makefile',
  mk: 'makefile',
  md: 'markdown',
  py: 'python',
  rs: 'rust',
  sql: 'sql',
  ts: 'typescript',
  tsx: 'typescript',
  html: 'xml',
  svelte: 'xml',
  vue: 'xml',
  svg: 'xml',
  xml: 'xml',
  yaml: 'yaml',
  yml: 'yaml',
};
/** More takes too long. */
const MOST_CHARACTERS = 200_000;

/** HTML in which everything of the text is escaped; null: it is left as it is. */
export function highlighted(name: string, text: string): string | null {
  const end = name.toLowerCase().split('.').at(-1) ?? '';
  const language =
    BY_END[end] ?? (text.startsWith('#!') && /sh\b/.test(text.slice(0, 40)) ? 'bash' : undefined);
  if (language === undefined || text.length > MOST_CHARACTERS) return null;
  return hljs.highlight(text, { language, ignoreIllegals: true }).value;
}
