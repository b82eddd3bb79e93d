import fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  canonicalIp,
  isIpv4,
  readExtraHost,
  readIp,
  readIpv4,
  readIpv6,
  readMac,
  readSearchDomain,
} from './addresses.ts';

describe('an IP address', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:0db8:0:0:0:0:0:0001', '2001:db8::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['FE80::ABCD', 'fe80::abcd'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
  ])('%s has the canonical form %s', (text, canonical) => {
    expect(canonicalIp(text)).toBe(canonical);
  });

  it.each([
    '',
    'x',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.256',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '[::1]',
    'fe80::1%eth0',
    '12345::',
    '1.2.3.4::',
  ])('is not %j', (text) => {
    expect(canonicalIp(text)).toBeNull();
  });

  it('is what Node takes for one, whatever the text', () => {
    const texts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{1,20}$/));
    fc.assert(
      fc.property(texts, (text) => {
        expect(canonicalIp(text) !== null).toBe(isIPv4(text) || isIPv6(text));
        if (isIPv4(text)) expect(isIpv4(text)).toBe(true);
      }),
    );
  });

  it('keeps its meaning in its canonical form', () => {
    const canonical = (text: string): string => canonicalIp(text) ?? '';
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => canonical(canonical(text)) === canonical(text)),
    );
  });

  it('may have white space around it for a DNS server', () => {
    expect(readIp(' 10.0.0.1 ')).toEqual({ value: '10.0.0.1' });
  });

  it('has a kind', () => {
    expect(readIpv4('10.0.0.1')).toEqual({ value: '10.0.0.1' });
    expect(readIpv4('::1')).toHaveProperty('rule');
    expect(readIpv6('::1')).toEqual({ value: '::1' });
    expect(readIpv6('10.0.0.1')).toHaveProperty('rule');
  });
});

describe('a MAC address', () => {
  it.each(['02:42:ac:11:00:03', '02-42-AC-11-00-03', '0242.ac11.0003'])('may be %s', (text) => {
    expect(readMac(text)).toEqual({ value: text });
  });

  it.each(['', '02:42:ac:11:00', '02:42-ac:11:00:03', '02:42:ac:11:00:0g', '0242.ac11'])(
    'is not %j',
    (text) => {
      expect(readMac(text)).toHaveProperty('rule');
    },
  );
});

describe('an extra host', () => {
  it.each([
    ['db:10.0.0.5', 'db:10.0.0.5'],
    ['db=10.0.0.5', 'db:10.0.0.5'],
    ['six:2001:db8::1', 'six:2001:db8::1'],
    ['six:[::1]', 'six:::1'],
    ['host.docker.internal:host-gateway', 'host.docker.internal:host-gateway'],
  ])('%s becomes %s', (text, entry) => {
    expect(readExtraHost(text)).toEqual({ value: entry });
  });

  it.each(['', 'a', ':1.2.3.4', 'a:', 'a:bogus', 'a:b=1.2.3.4'])('is not %j', (text) => {
    expect(readExtraHost(text)).toHaveProperty('rule');
  });
});

describe('a search domain', () => {
  it.each([
    ['example.com', 'example.com'],
    [' a.example. ', 'a.example'],
    ['.', '.'],
  ])('%j becomes %s', (text, domain) => {
    expect(readSearchDomain(text)).toEqual({ value: domain });
  });

  it.each(['', '1.2', '-a', 'a..b', 'a'.repeat(260)])('is not %j', (text) => {
    expect(readSearchDomain(text)).toHaveProperty('rule');
  });
});
