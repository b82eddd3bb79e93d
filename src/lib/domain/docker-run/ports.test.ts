import { describe, expect, it } from 'vitest';
import { bareBody } from './apply.ts';
import { formatPorts, publishOn, readExpose, readPort, readPublish } from './ports.ts';

const tcp = (container: number, hostPort: string, hostIp = '') => ({
  container,
  protocol: 'tcp',
  hostIp,
  hostPort,
});

describe('a published port', () => {
  it.each([
    ['8080:80', [tcp(80, '8080')]],
    ['80', [tcp(80, '')]],
    ['127.0.0.1:8080:80', [tcp(80, '8080', '127.0.0.1')]],
    ['127.0.0.1::80', [tcp(80, '', '127.0.0.1')]],
    ['::80', [tcp(80, '')]],
    ['[::1]:8080:80', [tcp(80, '8080', '::1')]],
    ['::1:8080:80', [tcp(80, '8080', '::1')]],
    ['8000-8010:80', [tcp(80, '8000-8010')]],
    ['7000-7001:70-71', [tcp(70, '7000'), tcp(71, '7001')]],
    ['70-71', [tcp(70, ''), tcp(71, '')]],
    ['080:80', [tcp(80, '80')]],
    ['80:80/UDP', [{ container: 80, protocol: 'udp', hostIp: '', hostPort: '80' }]],
    ['80/', [tcp(80, '')]],
  ])('%s is read', (text, ports) => {
    expect(readPort(text)).toEqual({ value: ports });
  });

  it.each([
    '',
    ':',
    '80:',
    'x',
    'x:80',
    '80:x',
    '70000:80',
    '80:70000',
    '-1:80',
    '82-80:80',
    '80-82:80-81',
    '80:80/foo',
    'localhost:80:80',
    ' 80:80',
    '1:2:3:4',
    '1.2.3:80:80',
    '80:80:80/tcp',
  ])('is not %j', (text) => {
    expect(readPort(text)).toHaveProperty('rule');
  });

  it('has a long form in --publish', () => {
    expect(readPublish('published=8080,target=80,protocol=udp')).toEqual(readPort('8080:80/udp'));
    expect(readPublish('target=80')).toEqual(readPort('80'));
    expect(readPublish('target=80,mode=host')).toHaveProperty('rule');
  });

  it.each([
    [{ '80/tcp': [{ HostIp: '', HostPort: '8080' }] }, ['8080:80']],
    [{ '80/udp': [{ HostIp: '127.0.0.1', HostPort: '' }] }, ['127.0.0.1::80/udp']],
    [{ '80/tcp': [{ HostIp: '::1', HostPort: '80' }] }, ['[::1]:80:80']],
    [{ '80/tcp': [{}] }, ['80']],
    [{ '80/tcp': [{ HostPort: '8000-8010' }] }, ['8000-8010:80']],
    [
      {
        '71/tcp': [{ HostPort: '7001' }],
        '70/tcp': [{ HostPort: '7000' }],
        '73/tcp': [{ HostPort: '7003' }],
      },
      ['7000-7001:70-71', '7003:73'],
    ],
    [{ '80/tcp': [{ HostPort: '80' }, { HostPort: '81' }] }, ['80:80', '81:80']],
  ])('is written from %j', (bindings, words) => {
    expect(formatPorts(bindings)).toEqual(words);
  });

  it('gets the address of the policy when it has none', () => {
    const body = {
      ...bareBody('a'),
      HostConfig: {
        PortBindings: {
          '80/tcp': [
            { HostIp: '', HostPort: '1' },
            { HostIp: '0.0.0.0', HostPort: '2' },
          ],
        },
      },
    };
    expect(publishOn(body, '127.0.0.1').HostConfig.PortBindings).toEqual({
      '80/tcp': [
        { HostIp: '127.0.0.1', HostPort: '1' },
        { HostIp: '0.0.0.0', HostPort: '2' },
      ],
    });
  });
});

describe('an exposed port', () => {
  it('may be a range', () => {
    expect(readExpose('80-82/udp')).toEqual({ value: ['80/udp', '81/udp', '82/udp'] });
  });

  it.each(['', '80:80', 'x', 'published=80'])('is not %j', (text) => {
    expect(readExpose(text)).toHaveProperty('rule');
  });
});
