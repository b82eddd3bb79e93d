import { describe, expect, it } from 'vitest';
import { withoutFlags } from './parse.ts';

describe('flags without some of them', () => {
  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['with an equals sign', ['--memory=1g', '--tty'], ['memory'], ['--tty']],
    ['with the value as the next word', ['--memory', '1g', '--tty'], ['memory'], ['--tty']],
    ['by their short names', ['-m', '1g', '-m=2g', '-m3g', '-t'], ['memory'], ['-t']],
    ['by another name of the same flag', ['--net', 'a', '--network=b', '--init'], ['network'], ['--init']],
    ['repeated', ['-p80:80', '--init', '--publish', '81:81', '-p', '82:82'], ['publish'], ['--init']],
    [
      'with negative values',
      ['--memory-swap', '-1', '--pids-limit=-1', '--cpu-quota', '-1'],
      ['pids-limit'],
      ['--memory-swap', '-1', '--cpu-quota', '-1'],
    ],
    ['out of one word with others', ['-itm512m'], ['memory'], ['--interactive=true', '--tty=true']],
    [
      'out of one word, with the value behind it',
      ['-itm', '512m', '--init'],
      ['tty'],
      ['--interactive=true', '--memory=512m', '--init'],
    ],
    ['all of one word', ['-it', '--init'], ['tty', 'interactive'], ['--init']],
    ['several names', ['--ip=10.0.0.1', '--name', 'a', '-eA=b'], ['ip', 'name'], ['-eA=b']],
    ['switches that say no', ['--tty=false', '--init=false'], ['tty'], ['--init=false']],
    ['none that are there', ['--init', '-eA=b'], ['memory'], ['--init', '-eA=b']],
    ['none at all', [], ['memory'], []],
  ])('%s', (_, words, names, left) => {
    expect(withoutFlags(words, names)).toEqual(left);
  });

  it('values that look like flags stay with their flag', () => {
    expect(withoutFlags(['--env', '--memory=1g', '--memory=2g'], ['memory'])).toEqual([
      '--env',
      '--memory=1g',
    ]);
  });

  it('words that cannot be read stay where they were', () => {
    expect(withoutFlags(['--bogus'], ['memory'])).toEqual(['--bogus']);
    expect(withoutFlags(['--bogus', '--memory=1g', '--more-bogus', '--init', '--tail'], ['memory'])).toEqual([
      '--bogus',
      '--more-bogus',
      '--init',
      '--tail',
    ]);
    expect(withoutFlags(['--init', 'nginx', '--memory=1g'], ['memory'])).toEqual([
      '--init',
      'nginx',
      '--memory=1g',
    ]);
    expect(withoutFlags(['--init', '--memory'], ['memory'])).toEqual(['--init', '--memory']);
  });
});
