/** A name as it can be shown on one line: what cannot be seen is written as C writes it. */
export function pathText(path: string): string {
  return path.replace(
    // eslint-disable-next-line no-control-regex -- these are what it is about
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (mark) => SHORT[mark] ?? `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
