/** Reads a stream of JSON values, one a line. Half a line at the end is dropped (the stream broke in it). Throws SyntaxError on rubbish. */
export async function* jsonLines(
  source: AsyncIterable<Buffer>,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    rest += decoder.decode(chunk, { stream: true });
    let end = rest.indexOf('\n');
    while (end !== -1) {
      const line = rest.slice(0, end).trim();
      rest = rest.slice(end + 1);
      if (line !== '') {
        const value: unknown = JSON.parse(line);
        if (typeof value === 'object' && value !== null) yield { ...value };
      }
      end = rest.indexOf('\n');
    }
  }
}
