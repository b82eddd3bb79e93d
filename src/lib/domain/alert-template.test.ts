import { describe, expect, it } from 'vitest';
import { fillTemplate, templateProblem } from './alert-template.ts';

describe('a template of a webhook', () => {
  it('stays JSON whatever is put into it', () => {
    const line = 'he said "no"\\ and left\n\u2028</script>{{text}}';
    const filled = fillTemplate('{"msg": "{{ agent }}: {{line}}"}', { agent: 'ember-fox', line });
    expect(JSON.parse(filled)).toEqual({ msg: `ember-fox: ${line}` });
  });

  it('has an empty text where nothing is known', () => {
    expect(fillTemplate('{"code": "{{exitCode}}"}', {})).toBe('{"code": ""}');
  });

  it.each([
    ['{"a": "{{nobody}}"}', 'has no {{nobody}}'],
    ['{"a": {{text}}}', 'inside quotes'],
    ['not json {{text}}', 'must be JSON'],
    ['{"{{a b}}": 1}', 'has no {{a b}}'],
  ])('%s is refused with the reason', (template, reason) => {
    expect(templateProblem(template)).toContain(reason);
  });

  it('may be any JSON with names in its texts and keys', () => {
    expect(templateProblem('[{"{{rule}}": ["{{text}}", 1, null]}]')).toBeNull();
  });
});
