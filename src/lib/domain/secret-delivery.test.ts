import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { planContainer } from './container-plan.ts';
import { commitChanges, commandOf, secretFiles, wrapCommand } from './secret-delivery.ts';
import { plainSpec } from './testing/specs.ts';

const image = { entrypoint: ['/init', '--'], command: ['serve'] };
const body = planContainer('fox', plainSpec(), { 'dev.slipway.agent.id': 'a1', team: 'blue' });

describe('what a container runs without a wrapper', () => {
  it.each([
    ['nothing said: as the image', {}, ['/init', '--'], ['serve']],
    ['a command of its own', { Cmd: ['work'] }, ['/init', '--'], ['work']],
    ['an entrypoint takes the command of the image away', { Entrypoint: ['sh'] }, ['sh'], null],
    ['both', { Entrypoint: ['sh'], Cmd: ['-c', 'x'] }, ['sh'], ['-c', 'x']],
  ])('%s', (_, said, entrypoint, command) => {
    expect(commandOf({ ...body, ...said }, image)).toEqual({ entrypoint, command });
  });
});

/** What a commit of a container of this body says about its command. */
function changesOf({ Entrypoint, Cmd }: ReturnType<typeof wrapCommand>): readonly string[] {
  return commitChanges({
    labels: {},
    command: { entrypoint: Entrypoint ?? null, command: Cmd ?? null },
    secretVariables: [],
  });
}

describe('a wrapped container', () => {
  it('runs the same words behind the wrapper, with the folder of the secrets mounted', () => {
    const wrapped = wrapCommand(body, image);
    expect(wrapped.Entrypoint).toEqual(['/bin/sh', '/run/slipway/start', '/init', '--']);
    expect(wrapped.Cmd).toEqual(['serve']);
    expect(wrapped.HostConfig.Mounts).toContainEqual({
      Type: 'volume',
      Target: '/run/slipway',
      VolumeOptions: { NoCopy: true },
    });
    expect(wrapCommand(body, { entrypoint: null, command: ['sh'] }).Cmd).toEqual([
      '/bin/sh',
      '/run/slipway/start',
      'sh',
    ]);
  });

  it.each([
    ['both', image, ['ENTRYPOINT ["/init","--"]', 'CMD ["serve"]']],
    ['a command alone', { entrypoint: null, command: ['sh'] }, ['CMD ["sh"]']],
    ['an empty entrypoint', { entrypoint: [], command: ['sh'] }, ['CMD ["sh"]']],
    ['an entrypoint alone', { entrypoint: ['sh'], command: null }, ['ENTRYPOINT ["sh"]']],
  ])('gets its own command back: %s', (_, of, changes) => {
    expect(changesOf(wrapCommand(body, of))).toEqual(changes);
  });

  it('is refused where the folder is taken, and where there is nothing to run', () => {
    const mounted = { ...body, HostConfig: { ...body.HostConfig, Binds: ['/x:/run/slipway/:ro'] } };
    expect(() => wrapCommand(mounted, image)).toThrow('mount it somewhere else');
    expect(() => wrapCommand(body, { entrypoint: null, command: null })).toThrow('command');
  });

  it('that is not wrapped is left as it is', () => {
    expect(changesOf({ ...body, Entrypoint: ['/bin/sh'], Cmd: ['x'] })).toEqual([]);
    expect(changesOf(body)).toEqual([]);
  });
});

describe('the files', () => {
  it('give a real shell every value as it is, and hand over to the command', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-secret-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const values = {
      QUOTES: `it's "so" \\ $HOME \`id\` $(id)`,
      LINES: 'one\n two\n\n',
      EMPTY: '',
      UNICODE: 'ключ 🔑',
      DASH: '-n',
    };
    for (const { name, text } of secretFiles(values))
      writeFileSync(join(folder, name), text.replaceAll('/run/slipway', folder));
    execFileSync('/bin/sh', [join(folder, 'start'), 'sh', '-c', `env -0 > "${folder}/out"`]);
    const seen: unknown = Object.fromEntries(
      readFileSync(join(folder, 'out'), 'utf8')
        .split('\0')
        .map((entry) => entry.split(/=(.*)/s, 2)),
    );
    expect(seen).toMatchObject(values);
  });
});

it('a commit blanks our labels and variables with secrets, and leaves the labels of others', () => {
  const changes = commitChanges({
    labels: body.Labels ?? {},
    command: { entrypoint: null, command: ['sh'] },
    secretVariables: ['TOKEN'],
  });
  expect(changes).toEqual(['LABEL "dev.slipway.agent.id"=""', 'ENV TOKEN=']);
});
