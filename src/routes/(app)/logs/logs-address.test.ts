import { describe, expect, it } from 'vitest';
import { isAsked, logsHref, readAddress, searchParams } from './logs-address.ts';

const read = (query: string) => readAddress(new URLSearchParams(query));

describe('the address of the logs', () => {
  it.each([
    '/logs',
    '/logs?q=disk+full&regex=true&agent=a&agent=b&level=error',
    '/logs?mode=split&agent=a&agent=b',
    '/logs?mode=live&tag=team%3Dinfra&find=api',
    '/logs?q=x&since=2026-03-01T10%3A00%3A00Z&until=2026-03-01T11%3A00%3A00Z',
  ])('%s is read and written as it is', (href) => {
    expect(logsHref(read(href.split('?')[1] ?? ''))).toBe(href);
  });

  it('takes what it does not know for nothing', () => {
    expect(logsHref(read('mode=other&span=1y&what=1&q='))).toBe('/logs');
  });

  it('leaves the cursor to the one search that it is of', () => {
    expect(logsHref(read('q=x&cursor=c'), { q: 'y' })).toBe('/logs?q=y');
    expect(logsHref(read('q=x'), { cursor: 'c' })).toBe('/logs?q=x&cursor=c');
  });

  it('asks for nothing when it names nothing', () => {
    expect(isAsked(read('mode=search&regex=true'))).toBe(false);
    expect(isAsked(read('agent=a'))).toBe(true);
    expect(isAsked(read('q=x'))).toBe(true);
  });
});

it('a span counts back from now, also over a time that is given', () => {
  const now = Date.UTC(2026, 2, 1, 12);
  expect(`${searchParams(read('q=a&span=1h&since=2026-01-01T00:00:00Z&level=error,warn'), now)}`).toBe(
    `q=a&since=${encodeURIComponent('2026-03-01T11:00:00.000Z')}&level=error&level=warn`,
  );
});
