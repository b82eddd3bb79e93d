import { describe, expect, it } from 'vitest';
import { BuildOutput } from './build-output.ts';

const OUTPUT = `Step 1/4 : FROM busybox:1
 ---> 9a84ea50c8ac
Step 2/4 : ENV A=b
 ---> Using cache
 ---> f2d9c880e0d4
Step 3/4 : ENV C=d
 ---> Running in 65dec6b261db
Removing intermediate container 65dec6b261db
 ---> 6aa0a14cc561
Step 4/4 : RUN echo " ---> no id"; exit 3
 ---> Running in 2323c5465dc2
 ---> no id
`;

function parsed(...pieces: readonly string[]): BuildOutput {
  let time = 0;
  const output = new BuildOutput(() => (time += 1_000));
  for (const piece of pieces) output.take(piece);
  return output;
}

describe('the output of a build', () => {
  it('becomes steps with their times and whether they came from the cache', () => {
    const output = parsed(OUTPUT);
    output.end('failed');
    expect(output.steps).toEqual([
      {
        number: 1,
        total: 4,
        instruction: 'FROM busybox:1',
        cached: false,
        state: 'done',
        startedAt: 1_000,
        endedAt: 2_000,
      },
      {
        number: 2,
        total: 4,
        instruction: 'ENV A=b',
        cached: true,
        state: 'done',
        startedAt: 3_000,
        endedAt: 4_000,
      },
      {
        number: 3,
        total: 4,
        instruction: 'ENV C=d',
        cached: false,
        state: 'done',
        startedAt: 5_000,
        endedAt: 6_000,
      },
      {
        number: 4,
        total: 4,
        instruction: 'RUN echo " ---> no id"; exit 3',
        cached: false,
        state: 'failed',
        startedAt: 7_000,
        endedAt: 8_000,
      },
    ]);
    expect(output.tail).toEqual([' ---> no id']);
  });

  it('is read the same in pieces of any size', () => {
    const letters = OUTPUT.match(/./gs) ?? [];
    expect(parsed(...letters).steps).toEqual(parsed(OUTPUT).steps);
    expect(parsed(...letters).made).toEqual(parsed(OUTPUT).made);
  });

  it('names as made neither the base, nor what came from the cache, nor containers', () => {
    const output = parsed(OUTPUT);
    expect(output.made).toEqual(['6aa0a14cc561']);
    expect([...output.named]).toEqual(['9a84ea50c8ac', 'f2d9c880e0d4', '6aa0a14cc561']);
  });

  it('takes the image that a second stage begins with for one that was there', () => {
    const text = 'Step 1/2 : FROM a:1 AS one\n ---> 9a84ea50c8ac\nStep 2/2 : FROM b:1\n ---> 6aa0a14cc561\n';
    expect(parsed(text).made).toEqual([]);
  });

  it('takes what a program prints for nothing but its output', () => {
    const output = parsed(
      'Step 1/1 : RUN x\n ---> Running in 65dec6b261db\n ---> 6aa0a14cc561\nStep 9/9 : RUN y\n ---> Using cache\n',
    );
    expect(output.made).toEqual([]);
    expect(output.steps).toHaveLength(1);
    expect(output.steps[0]?.cached).toBe(false);
    expect(output.tail).toEqual([' ---> 6aa0a14cc561', 'Step 9/9 : RUN y', ' ---> Using cache']);
  });

  it('finds the end of a program whose last line has none', () => {
    const output = parsed(
      'Step 1/2 : RUN x\n ---> Running in 65dec6b261db\nno endRemoving intermediate container 65dec6b261db\n ---> 6aa0a14cc561\nStep 2/2 : RUN y\n',
    );
    expect(output.made).toEqual(['6aa0a14cc561']);
    expect(output.steps.map((each) => each.state)).toEqual(['done', 'running']);
  });

  it('keeps the last lines of the step that runs, without colours, and gives what has no end at the end', () => {
    const output = parsed('Step 1/1 : RUN x\n ---> Running in 65dec6b261db\n');
    output.take(Array.from({ length: 50 }, (_, index) => `\u001b[91mline ${index}\n\u001b[0m`).join(''));
    output.take('half a line');
    expect(output.tail.slice(-2)).toEqual(['line 49', 'half a line']);
    expect(output.tail.length).toBeLessThanOrEqual(21);
    expect(output.end('failed')).toContain('half a line');
  });

  it('does not wait for the end of a line that has none', () => {
    const output = parsed('Step 1/1 : RUN x\n ---> Running in 65dec6b261db\n');
    expect(output.take('x'.repeat(70_000))).toHaveLength(1);
  });

  it('tells of each change of the steps', () => {
    const told: number[] = [];
    const output = new BuildOutput(
      () => 0,
      (steps) => told.push(steps.length),
    );
    output.take('Step 1/2 : FROM a\nStep 2/2 : RUN b\n');
    output.end('done');
    expect(told).toEqual([1, 1, 2, 2]);
  });
});
