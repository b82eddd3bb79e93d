/**
 * Kit's own start of a page asks for its scripts while the page is still being read, and what they do comes before the first paint. A page of
 * ours can be read without them: here they wait for the first frame, or a moment where there is none (a tab in the background).
 * Where Kit writes its start another way, the page is as it was.
 */
const START = /Promise\.all\(\[\s*(import\("[^"]+"\)),\s*(import\("[^"]+"\))\s*\]\)/;

/** Milliseconds. */
const AT_LAST = 400;

export function paintFirst(html: string): string {
  return html.replace(
    START,
    `new Promise((go) => { requestAnimationFrame(() => setTimeout(go)); setTimeout(go, ${AT_LAST}); }).then(() => Promise.all([$1, $2]))`,
  );
}
