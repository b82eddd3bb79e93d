import { describe, expect, it } from 'vitest';
import { bodyForApi, isOlder } from './api-version.ts';
import { applyRunOptions, bareBody } from './apply.ts';
import type { CreateBody } from './create-body.ts';
import { parseFlags } from './parse.ts';

function body(...words: string[]): CreateBody {
  const applied = applyRunOptions(bareBody('a'), parseFlags(words).options);
  return 'body' in applied ? applied.body : bareBody('problem');
}

describe('a body for an engine of a version', () => {
  it.each([
    ['--annotation=a=b', '--annotation', '1.43'],
    ['--health-start-interval=1s', '--health-start-interval', '1.44'],
    ['--mount=src=v,dst=/v,volume-subpath=x', '--mount volume-subpath', '1.45'],
    ['--mount=type=image,src=i,dst=/v', '--mount type=image', '1.48'],
    [
      '--mount=type=bind,src=/a,dst=/v,readonly,bind-recursive=writable',
      '--mount bind-recursive=writable',
      '1.44',
    ],
    ['--network=name=n,gw-priority=1', '--network gw-priority', '1.48'],
    ['--security-opt=seccomp=builtin', '--security-opt seccomp=builtin', '1.42'],
    ['--device=vendor.com/class=gpu', '--device with a CDI name', '1.44'],
  ])('that does not know %s is told so, and not trusted to ignore it', (word, flag, since) => {
    expect(bodyForApi(body(word), '1.41').unsupported).toEqual([{ flag, since }]);
    expect(bodyForApi(body(word), since)).toMatchObject({ unsupported: [], connect: [] });
  });

  it('has the MAC address where that version looks for it', () => {
    const said = body('--network=n', '--mac-address=02:42:ac:11:00:03', '--ip=10.0.0.1');
    const old = bodyForApi(said, '1.41').body;
    expect([old.MacAddress, old.NetworkingConfig?.EndpointsConfig]).toEqual([
      '02:42:ac:11:00:03',
      { n: { IPAMConfig: { IPv4Address: '10.0.0.1' } } },
    ]);
    expect(bodyForApi(said, '1.44').body).toEqual(said);
    expect(bodyForApi({ ...bareBody('a'), MacAddress: 'x' }, '1.44').body).toEqual({
      ...bareBody('a'),
      NetworkingConfig: { EndpointsConfig: { default: { MacAddress: 'x' } } },
    });
  });

  it('that takes one network at create gets the others after it', () => {
    const said = body('--network=a', '--network=name=b,alias=x');
    const old = bodyForApi(said, '1.43');
    expect(old.body.HostConfig.NetworkMode).toBe('a');
    expect(old.body.NetworkingConfig).toBeUndefined();
    expect(old.connect).toEqual([{ name: 'b', endpoint: { Aliases: ['x'] } }]);
    expect(bodyForApi(said, '1.44')).toEqual({ body: said, connect: [], unsupported: [] });
  });

  it('compares versions by number', () => {
    expect([
      isOlder('1.9', '1.41'),
      isOlder('1.41', '1.41'),
      isOlder('2.0', '1.41'),
      isOlder('1.41', '1.50'),
    ]).toEqual([true, false, false, true]);
  });
});
