/** The images that a Dockerfile begins with or copies from: what a build would pull. */

/** An instruction may go on over lines; comments between them are left out. The escape character may be set to a backtick. */
function instructionsOf(dockerfile: string): readonly string[] {
  const escape = /^\s*#\s*escape\s*=\s*`\s*$/im.test(dockerfile.split('\n').slice(0, 3).join('\n'))
    ? '`'
    : '\\';
  const instructions: string[] = [];
  let open = '';
  for (const line of dockerfile.split(/\r?\n/)) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const text = line.trimEnd();
    if (text.endsWith(escape)) open += `${text.slice(0, -1)} `;
    else {
      instructions.push(`${open}${text}`.trim());
      open = '';
    }
  }
  return open === '' ? instructions : [...instructions, open.trim()];
}

/** References as they are written, with build arguments filled in; stages of its own and `scratch` are none. */
export function baseImages(
  dockerfile: string,
  args: Readonly<Record<string, string>> = {},
): readonly string[] {
  const values = new Map<string, string>();
  const stages = new Set<string>();
  const images = new Set<string>();
  const add = (name: string) => {
    if (name !== 'scratch' && !stages.has(name.toLowerCase()) && !/^\d+$/.test(name)) images.add(name);
  };
  for (const instruction of instructionsOf(dockerfile)) {
    const [word = '', ...rest] = instruction.split(/\s+/);
    const keyword = word.toUpperCase();
    if (keyword === 'ARG' && stages.size === 0 && images.size === 0) {
      for (const each of rest) {
        const [name = '', ...value] = each.split('=');
        const given = Object.hasOwn(args, name) ? args[name] : undefined;
        values.set(name, given ?? unquote(value.join('=')));
      }
    }
    if (keyword === 'FROM') {
      const words = rest.filter((each) => !each.startsWith('--'));
      add(fill(words[0] ?? '', values));
      if (words[1]?.toLowerCase() === 'as' && words[2] !== undefined) stages.add(words[2].toLowerCase());
    }
    if (keyword === 'COPY') {
      const from = rest.find((each) => each.startsWith('--from='))?.slice('--from='.length);
      if (from !== undefined) add(from);
    }
  }
  return [...images];
}

function unquote(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

/** `$NAME`, `${NAME}`, `${NAME:-default}`. */
function fill(text: string, values: ReadonlyMap<string, string>): string {
  return unquote(text).replace(
    /\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})/g,
    (_, plain?: string, braced?: string, fallback?: string) => {
      const value = values.get(plain ?? braced ?? '') ?? '';
      return value === '' ? (fallback ?? '') : value;
    },
  );
}
