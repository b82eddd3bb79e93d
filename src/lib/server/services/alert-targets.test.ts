import { describe, expect, it } from 'vitest';
import { SettingsRepository } from '../storage/settings.ts';
import { Journal } from '../storage/journal.ts';
import { aDatabase } from '../testing/database.ts';
import { person } from '../testing/world.ts';
import { AlertTargets, isPublic, type Resolve } from './alert-targets.ts';

function targets(resolve: Resolve = () => Promise.resolve([{ address: '93.184.216.34' }])) {
  const { db } = aDatabase();
  return new AlertTargets(new SettingsRepository(db), new Journal(db, () => undefined), resolve);
}

const FORBIDDEN = [
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '100.127.255.255',
  '169.254.169.254',
  '169.254.0.1',
  '192.0.0.1',
  '192.0.2.7',
  '192.88.99.1',
  '198.18.0.1',
  '198.51.100.2',
  '203.0.113.9',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:a00:1',
  '::ffff:169.254.169.254',
  '64:ff9b::a00:1',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '2001::1',
  '2001:db8::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  '100::1',
  'not an address',
];

describe('where alerts may be sent', () => {
  it.each(FORBIDDEN)('%s is not on the internet', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each(['8.8.8.8', '93.184.216.34', '172.32.0.1', '100.128.0.1', '::ffff:8.8.8.8', '2606:4700::1111'])(
    '%s is on the internet',
    (address) => {
      expect(isPublic(address)).toBe(true);
    },
  );

  it('is asked of what an address is, however it is written', async () => {
    for (const written of [
      'http://2130706433/',
      'http://0x7f.1/',
      'http://0177.0.0.1/',
      'http://127.1/',
      'http://[::1]/',
      'http://[::ffff:7f00:1]/',
    ])
      await expect(targets().addressesOf(new URL(written).hostname)).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
  });

  it('is refused for a name when one of its addresses is private, and says what to do', async () => {
    const mixed = targets(() => Promise.resolve([{ address: '93.184.216.34' }, { address: '10.0.0.7' }]));
    await expect(mixed.addressesOf('hooks.example.com')).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'hooks.example.com (10.0.0.7) is a private address, and alerts are not sent there',
      hint: expect.stringContaining('Private targets') as string,
    });
  });

  it('gives the addresses that were checked, to connect to them and to no others', async () => {
    let asked = 0;
    const rebinding = targets(() => {
      asked += 1;
      return Promise.resolve([{ address: asked === 1 ? '93.184.216.34' : '127.0.0.1' }]);
    });
    expect(await rebinding.addressesOf('hooks.example.com')).toEqual([
      { address: '93.184.216.34', family: 4 },
    ]);
    expect(asked).toBe(1);
  });

  it('is not known for a name that nobody knows', async () => {
    const none = targets(() => Promise.reject(new Error('ENOTFOUND')));
    await expect(none.addressesOf('nobody.example.com')).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    await expect(targets(() => Promise.resolve([])).addressesOf('empty.example.com')).rejects.toMatchObject({
      code: 'HOST_UNREACHABLE',
    });
  });

  it.each([
    ['10.0.0.0/8', '10.1.2.3'],
    ['127.0.0.1', '127.0.0.1'],
    ['fd00::/8', 'fd12::1'],
    ['10.0.0.0/8', '::ffff:10.1.2.3'],
  ])('with %s allowed includes %s', async (entry, address) => {
    const policy = targets();
    policy.put(person('admin'), { allowed: [entry] });
    expect((await policy.addressesOf(address))[0].address).toBe(address);
    await expect(policy.addressesOf('192.168.1.1')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('includes a listed name wherever it is', async () => {
    const policy = targets(() => Promise.resolve([{ address: '192.168.1.9' }]));
    policy.put(person('admin'), { allowed: ['ntfy.LAN'] });
    expect((await policy.addressesOf('ntfy.lan'))[0].address).toBe('192.168.1.9');
    await expect(policy.addressesOf('other.lan')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is for admins to say', () => {
    expect(() => targets().put(person('operator'), { allowed: [] })).toThrow(/needs the role admin/);
    expect(() => targets().put(person('admin'), { allowed: ['10.0.0.0/99'] })).toThrow(/must be a network/);
    expect(targets().list(person('viewer'))).toEqual({ allowed: [] });
  });
});
