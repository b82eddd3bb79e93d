import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { conditionsOf, fileAnswer } from './file-answer.ts';

const file = (name: string, content: string) => ({
  name,
  size: content.length,
  version: 'v1',
  bytes: Readable.from([Buffer.from(content, 'latin1')]) as AsyncIterable<Buffer>,
});

describe('a file that is sent to a browser', () => {
  it('is saved under its name and can do nothing', async () => {
    const answer = await fileAnswer(file('it\'s "odd"\n.html', '<script>alert(1)</script>'), true);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''it%27s%20%22odd%22%0A.html",
    );
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(answer.headers.get('etag')).toBe('"v1"');
    expect(await answer.text()).toBe('<script>alert(1)</script>');
  });

  it('is shown only when it is a picture and that was asked for', async () => {
    const picture = () => file('x.txt', 'GIF89a...');
    expect((await fileAnswer(picture(), true)).headers.get('content-type')).toBe('image/gif');
    expect((await fileAnswer(picture(), false)).headers.get('content-disposition')).toMatch(/^attachment/);
  });
});

describe('the conditions of a change', () => {
  const request = (headers: Record<string, string>) => new Request('http://x/', { headers });

  it('are a version without its quotes, or that there is nothing yet', () => {
    expect(conditionsOf(request({ 'if-match': '"abc"' }))).toEqual({ ifMatch: 'abc', onlyNew: false });
    expect(conditionsOf(request({ 'if-none-match': '*' }))).toEqual({ onlyNew: true });
    expect(() => conditionsOf(request({ 'if-none-match': '"abc"' }))).toThrow('If-None-Match');
  });
});
