import { expect, it } from 'vitest';
import { Bus } from './bus.ts';

interface Messages {
  readonly news: string;
  readonly count: number;
}

function make() {
  const broken: unknown[] = [];
  const heard: string[] = [];
  const bus = new Bus<Messages>((error) => broken.push(error));
  return { bus, broken, heard };
}

it('every listener of a kind hears a message, in the order in which they came', () => {
  const { bus, heard } = make();
  bus.on('news', (text) => heard.push(`first ${text}`));
  bus.on('news', (text) => heard.push(`second ${text}`));
  bus.on('count', (number) => heard.push(String(number)));
  bus.emit('news', 'a');
  bus.emit('count', 7);
  expect(heard).toEqual(['first a', 'second a', '7']);
});

it('a listener that went hears no more, also when it goes while it is told', () => {
  const { bus, heard } = make();
  const stop = bus.on('news', (text) => {
    heard.push(text);
    stop();
  });
  bus.on('news', (text) => heard.push(`other ${text}`));
  bus.emit('news', 'a');
  bus.emit('news', 'b');
  expect(heard).toEqual(['a', 'other a', 'other b']);
});

it('a listener that breaks stops nobody else, and is reported', () => {
  const { bus, broken, heard } = make();
  const bug = new Error('bug');
  bus.on('news', () => {
    throw bug;
  });
  bus.on('news', (text) => heard.push(text));
  expect(() => bus.emit('news', 'a')).not.toThrow();
  expect(heard).toEqual(['a']);
  expect(broken).toEqual([bug]);
});

it('a message that nobody waits for is nothing', () => {
  expect(() => make().bus.emit('news', 'a')).not.toThrow();
});
