import { describe, expect, it } from 'vitest';
import { parseBuildArgs } from './build-args.ts';
import { BUILD_FLAGS } from './build-flags.ts';

const said = (...words: string[]) => {
  const { settings, problems } = parseBuildArgs(words);
  expect(problems).toEqual([]);
  return settings;
};
const rules = (...words: string[]) => parseBuildArgs(words).problems.map((each) => [each.field, each.rule]);

describe('flags of docker build', () => {
  it.each([
    [['--no-cache'], { noCache: true }],
    [['--no-cache=true'], { noCache: true }],
    [['--no-cache=false'], { noCache: false }],
    [['--no-cache', '--no-cache=0'], { noCache: false }],
    [['--pull'], { pull: true }],
    [['--build-arg', 'A=1'], { args: { A: '1' } }],
    [['--build-arg=A=1'], { args: { A: '1' } }],
    [['--build-arg=A=x=y', '--build-arg', 'B='], { args: { A: 'x=y', B: '' } }],
    [['--build-arg=A=1', '--build-arg=A=2'], { args: { A: '2' } }],
    [['--label', 'team=blue', '--label=bare'], { labels: { team: 'blue', bare: '' } }],
    [['--target', 'final'], { target: 'final' }],
    [['--target=one', '--target=two'], { target: 'two' }],
    [['--file', 'docker/Dockerfile'], { file: 'docker/Dockerfile' }],
    [['-f', 'Other'], { file: 'Other' }],
    [['-fOther'], { file: 'Other' }],
    [['-f=Other'], { file: 'Other' }],
    [['-t', 'acme/tool:1', '--tag=acme/tool'], { tags: ['acme/tool:1', 'acme/tool:latest'] }],
    [['--platform=linux/arm64'], { platform: 'linux/arm64' }],
    [['--network', 'host'], { network: 'host' }],
    [
      ['--add-host', 'db:10.0.0.5', '--add-host=up:host-gateway'],
      { extraHosts: ['db:10.0.0.5', 'up:host-gateway'] },
    ],
    [['-q', '--progress=plain', '--rm', '--force-rm=true', '--compress'], {}],
    [[], {}],
  ] as const)('%j', (words, settings) => {
    expect(said(...words)).toEqual(settings);
  });

  it.each([
    [['--secret', 'id=x'], 'buildArgs.0', '--secret is not for Slipway: it needs BuildKit'],
    [['-m', '1g'], 'buildArgs.0', '--memory is not for Slipway: Slipway sets no limits'],
    [['--squash'], 'buildArgs.0', '--squash is not for Slipway: it is an experiment'],
    [['--iidfile=x'], 'buildArgs.0', '--iidfile is not for Slipway: it writes a file'],
    [['--rm=false'], 'buildArgs.0', '--rm must be true'],
    [['--no-cahce'], 'buildArgs.0', 'there is no flag --no-cahce; did you mean --no-cache?'],
    [['--wholly-unknown-thing'], 'buildArgs.0', 'there is no flag --wholly-unknown-thing'],
    [['-x'], 'buildArgs.0', 'there is no flag -x'],
    [['.'], 'buildArgs.0', 'is no flag'],
    [['--'], 'buildArgs.0', 'is no flag'],
    [['--no-cache --pull'], 'buildArgs.0', 'must be one word'],
    [['--no-cache=perhaps'], 'buildArgs.0', '--no-cache must be true or false'],
    [['--build-arg', 'TOKEN'], 'buildArgs.1', '--build-arg must give the value too'],
    [['--build-arg', '=x'], 'buildArgs.1', '--build-arg must have a name'],
    [['--pull', '--build-arg'], 'buildArgs.1', '--build-arg must have a value'],
    [['--label=dev.slipway.instance=x'], 'buildArgs.0', '--label must not set labels under dev.slipway.'],
    [['--file=/etc/passwd'], 'buildArgs.0', '--file must be a path inside the context'],
    [['--file=a/../../b'], 'buildArgs.0', '--file must be a path inside the context'],
    [['--target=a b'], 'buildArgs.0', '--target must be the name of a stage'],
    [['--tag=UPPER'], 'buildArgs.0', '--tag must be an image name'],
    [[`--tag=a@sha256:${'0'.repeat(64)}`], 'buildArgs.0', '--tag must be a name and a tag without a digest'],
    [['--network=a b'], 'buildArgs.0', '--network must be the name of a network'],
    [['--add-host=nothing'], 'buildArgs.0', '--add-host'],
  ] as const)('%j is refused', (words, field, rule) => {
    expect(rules(...words)).toEqual([[field, expect.stringContaining(rule)]]);
  });

  it('names every flag that is not for Slipway with its reason, and goes on behind its value', () => {
    for (const [name, { use, isSwitch }] of BUILD_FLAGS) {
      if (!('refused' in use)) continue;
      const { settings, problems } = parseBuildArgs([`--${name}`, ...(isSwitch ? [] : ['value']), '--pull']);
      expect(problems.map((each) => each.rule)).toEqual([`--${name} is not for Slipway: ${use.refused}`]);
      expect(settings).toEqual({ pull: true });
    }
  });

  it('never repeats the value of a build argument', () => {
    const { problems } = parseBuildArgs([
      '--build-arg=BAD KEY=hunter2',
      '--bild-arg=A=hunter2',
      '--build-arg',
      '=hunter2',
    ]);
    expect(problems).toHaveLength(2);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});
