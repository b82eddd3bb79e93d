import { describe, expect, it } from 'vitest';
import { AppError, validationError } from '#lib/domain/errors.ts';
import { parseInput } from '#lib/domain/inputs/parse-input.ts';
import { typeInput } from '#lib/domain/inputs/type-input.ts';
import type { AgentTypeView } from '#lib/protocol/agent-types.ts';
import { emptyFields, fieldsOf, inputOf, problemsAt, typeFieldsIn } from './type-fields.ts';

const TYPE: AgentTypeView = {
  name: 'own',
  title: 'Own',
  summary: 'of mine',
  image: 'acme/tool:1.2',
  builtHere: true,
  defaults: {
    resources: { memory: '64m', cpu: 0.5, pids: 100 },
    security: { profile: 'hardened', hostPid: true },
    env: { MODE: 'fast', KEY: { secret: 'NAME', delivery: 'file' } },
    volumes: ['/srv:/data:ro'],
  },
  patterns: { login: ['^a b$', 'c'], prompt: [] },
  loginHelp: 'Sign in.',
  builtIn: false,
  changed: false,
  version: 3,
  updatedBy: 'ada',
  updatedAt: '2026-03-01T12:00:00Z',
  agents: 0,
  shippedImage: null,
};

describe('a type as the fields of its form', () => {
  it('comes back as the input that makes it again', () => {
    const { name, title, summary, image, builtHere, defaults, patterns, loginHelp } = TYPE;
    const own = { name, title, summary, image, builtHere, defaults, patterns, loginHelp };
    expect(parseInput(typeInput, inputOf(fieldsOf(TYPE)))).toEqual(parseInput(typeInput, own));
  });

  it('has what no field shows as JSON', () => {
    expect(JSON.parse(fieldsOf(TYPE).rest)).toEqual({
      volumes: ['/srv:/data:ro'],
      resources: { pids: 100 },
      security: { hostPid: true },
      env: { KEY: { secret: 'NAME', delivery: 'file' } },
    });
  });

  it('that is left empty presets nothing', () => {
    const input = inputOf({ ...emptyFields(), name: 'bare' });
    expect(parseInput(typeInput, input)).toMatchObject({
      name: 'bare',
      image: null,
      defaults: {},
      loginHelp: null,
    });
  });

  it('comes from a form that was sent', () => {
    const form = new FormData();
    form.set('name', 'sent');
    form.set('login', 'a\r\nb\r\n\r\n');
    expect(inputOf(typeFieldsIn(form))).toMatchObject({
      name: 'sent',
      builtHere: false,
      patterns: { login: ['a', 'b'] },
    });
  });

  it.each(['{', '[]', '3'])('is refused with %s for JSON, at its field', (rest) => {
    try {
      inputOf({ ...emptyFields(), rest });
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(problemsAt(error.toProblem())).toEqual({ rest: 'must be a JSON object' });
    }
  });
});

it('each refusal stands at the field where it can be mended', () => {
  const refused = (field: string) => ({ field, value: null, rule: 'is wrong' });
  const { details } = validationError(
    ['image', 'defaults.resources.cpu', 'defaults.env.A', 'patterns.login.1', 'defaults.ttl'].map(refused),
  );
  expect(problemsAt({ code: 'VALIDATION', message: '', hint: '', ...(details && { details }) })).toEqual({
    image: 'is wrong',
    cpu: 'is wrong',
    env: 'A is wrong',
    login: '2. is wrong',
    rest: 'ttl is wrong',
  });
});
