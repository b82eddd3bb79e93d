import { expect, it } from 'vitest';
import { PLAIN_SPEC, type AgentSpec } from './agent-spec.ts';
import { replaceVolumes } from './volume-replacement.ts';

const NOW = new Map([['/data', 'new-1']]);
const WAS = new Map([['/data', 'old.vol']]);
const spec = (changes: Partial<AgentSpec>): AgentSpec => ({ ...PLAIN_SPEC, image: 'x', ...changes });

it('a volume of the spec keeps its path and its modes', () => {
  const volumes = [
    { source: 'old.vol', target: '/data', modes: ['z'], create: false },
    { source: '/srv', target: '/srv', modes: [], create: false },
  ];
  expect(replaceVolumes(spec({ volumes }), NOW, WAS).volumes).toMatchObject([
    { source: 'new-1', target: '/data', modes: ['z'] },
    { source: '/srv', target: '/srv' },
  ]);
});

it('one that a group shares becomes one of its own', () => {
  const sharedVolumes = [
    { name: 'd', target: '/data', volume: 'old.vol' },
    { name: 'e', target: '/else', volume: 'v2' },
  ];
  const replaced = replaceVolumes(spec({ sharedVolumes }), NOW, WAS);
  expect(replaced.sharedVolumes.map(({ target }) => target)).toEqual(['/else']);
  expect(replaced.volumes).toMatchObject([{ source: 'new-1', target: '/data' }]);
});

it.each([
  [
    ['-v', 'old.vol:/data'],
    ['-v', 'new-1:/data'],
  ],
  [['-vold.vol:/data:ro'], ['-vnew-1:/data:ro']],
  [['--volume=old.vol:/data'], ['--volume=new-1:/data']],
  [
    ['--mount', 'type=volume,source=old.vol,target=/data'],
    ['--mount', 'type=volume,source=new-1,target=/data'],
  ],
  [['--mount=dst=/data,src=old.vol'], ['--mount=dst=/data,src=new-1']],
])('start args %j name it too', (startArgs, expected) => {
  expect(replaceVolumes(spec({ startArgs }), NOW, WAS).startArgs).toEqual(expected);
});

it('words that only look alike stay', () => {
  const startArgs = [
    '-v',
    'old.vol:/database',
    '-v',
    'oldxvol:/data',
    '-e',
    'A=/data',
    '--mount',
    'src=old.vol,dst=/d',
  ];
  expect(replaceVolumes(spec({ startArgs }), NOW, WAS).startArgs).toEqual(startArgs);
});
