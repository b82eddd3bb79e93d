/** Five thousand wishes that are wrong in generated ways: each is refused in the one shape, and nothing is made. */
import { badSpecs, SECRET_MARK } from '#lib/domain/testing/bad-specs.ts';
import { quiet } from './support/agent-page.ts';
import type { Refusal } from './support/api.ts';
import { expect, test } from './support/fixtures.ts';

const COUNT = 5_000;
const SEED = 20_261_121;
const AT_ONCE = 8;

test(`${COUNT} bad specs are answered with 400 each, and nothing is made (seed ${SEED})`, async ({
  api,
  engine,
}) => {
  test.setTimeout(180_000);
  // other tests share the engine: only what this Slipway made counts
  const { containerId } = await api.spawn({ name: 'whose', command: quiet });
  const format = '{{index .Config.Labels "dev.slipway.instance"}}';
  const ours = `label=dev.slipway.instance=${await engine.cli('inspect', '-f', format, containerId ?? '')}`;
  const containers = () => engine.cli('ps', '-aq', '--filter', ours);
  const volumes = () => engine.cli('volume', 'ls', '-q', '--filter', ours);
  const before = [await containers(), await volumes(), (await api.agents()).length];
  const strange: string[] = [];
  const waiting = badSpecs(COUNT, SEED).entries();
  const send = async (): Promise<void> => {
    for (const [index, { what, input }] of waiting) {
      const { status, body } = await api.call<Refusal>('POST', '/api/agents', input);
      const { code, message, hint, details, requestId } = body.error;
      const fields = details?.fields ?? [];
      const shaped =
        status === 400 &&
        code === 'VALIDATION' &&
        message !== '' &&
        hint !== '' &&
        requestId !== '' &&
        fields.every((each) => each.field !== '' && each.rule !== '');
      // a body that is no object at all has no fields
      const named = fields.length > 0 || typeof input !== 'object' || input === null || Array.isArray(input);
      const silent = !JSON.stringify(body).includes(SECRET_MARK);
      if (!shaped || !named || !silent) strange.push(`${index} (${what}): ${status} ${JSON.stringify(body)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  expect(strange).toEqual([]);
  expect([await containers(), await volumes(), (await api.agents()).length]).toEqual(before);
});
