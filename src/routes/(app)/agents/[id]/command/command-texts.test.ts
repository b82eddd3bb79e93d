import { describe, expect, it } from 'vitest';
import { commandTexts } from './command-texts.ts';

describe('commandTexts', () => {
  const texts = commandTexts(
    { name: 'fox', type: 'shell', input: { env: { A: "it's" } }, command: 'docker run --detach x' },
    'http://127.0.0.1:3200',
  );

  it('has the body that makes the same agent, with its name and type first', () => {
    expect(JSON.parse(texts.json)).toEqual({ name: 'fox', type: 'shell', env: { A: "it's" } });
    expect(texts.json.startsWith('{\n  "name": "fox"')).toBe(true);
    expect(texts.run).toBe('docker run --detach x');
  });

  it('quotes the body for a shell', () => {
    expect(texts.curl).toContain('curl -X POST http://127.0.0.1:3200/api/agents \\\n');
    expect(texts.curl).toMatch(/-d ['"$]/);
  });
});
