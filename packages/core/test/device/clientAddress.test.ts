import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { addressGroup, forwardableAddress } from '../../src/device/clientAddress.js';
import { passEventChannel, type PassEvent } from '../../src/diagnostics.js';

describe('forwardableAddress', () => {
  it.each([
    ['8.8.8.8', '8.8.8.8'],
    ['192.0.2.1', '192.0.2.1'],
    ['198.51.100.255', '198.51.100.255'],
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:53124', '203.0.113.7'],
    ['9.255.255.255', '9.255.255.255'],
    ['11.0.0.0', '11.0.0.0'],
    ['100.63.255.255', '100.63.255.255'],
    ['100.128.0.0', '100.128.0.0'],
    ['172.15.255.255', '172.15.255.255'],
    ['172.32.0.0', '172.32.0.0'],
    ['192.0.1.0', '192.0.1.0'],
    ['192.167.255.255', '192.167.255.255'],
    ['192.169.0.0', '192.169.0.0'],
    ['198.17.255.255', '198.17.255.255'],
    ['198.20.0.0', '198.20.0.0'],
    ['223.255.255.255', '223.255.255.255'],
    ['2606:4700::1111', '2606:4700::1111'],
    ['2606:4700:0:0:0:0:0:1111', '2606:4700::1111'],
    ['2001:DB8::A', '2001:db8::a'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:200::', '2001:200::'],
    ['3fff::1', '3fff::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ['64:ff9b::203.0.113.7', '203.0.113.7'],
    // What proxies and balancers make of it.
    [' 203.0.113.7', '203.0.113.7'],
    ['203.0.113.7\t', '203.0.113.7'],
    ['"203.0.113.7"', '203.0.113.7'],
    ['"203.0.113.7:53124"', '203.0.113.7'],
    ['"[2001:db8::1]:4711"', '2001:db8::1'],
    ['203.0.113.7:_hidden', '203.0.113.7'],
    ['[203.0.113.7]', '203.0.113.7'],
    ['[203.0.113.7]:4711', '203.0.113.7'],
    ['::ffff:203.0.113.7:53124', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:53124', '203.0.113.7'],
    ['2001:db8:0:0:0:0:0:1:443', '2001:db8::1'],
    ['2001:db8::1:53124', '2001:db8::1'],
    // By RFC 4291 this is an address, whatever a proxy may have meant.
    ['2001:db8::1:8080', '2001:db8::1:8080'],
  ])('gives %s as %s', (address, forwarded) => {
    expect(forwardableAddress(address)).toBe(forwarded);
  });

  it.each([
    ['0.0.0.0', '0.1.2.3', '::'],
    [
      '127.0.0.1',
      '127.255.255.255',
      '::1',
      '::ffff:127.0.0.1',
      '[::1]:80',
      '127.0.0.1:80',
      '64:ff9b::7f00:1',
    ],
    [
      '10.0.0.1',
      '10.255.255.255',
      '172.16.0.0',
      '172.31.255.255',
      '192.168.0.0',
      '::ffff:10.0.0.1',
      'fc00::1',
      'fdff::1',
    ],
    ['100.64.0.0', '100.127.255.255'],
    [
      '169.254.0.1',
      'fe80::1',
      'febf::1',
      'fe80::1%eth0',
      'fe80::1%br-lan.2',
      '2001:db8::1%eth0',
      '[fe80::1%eth0]:80',
    ],
    ['224.0.0.1', '239.255.255.255', 'ff02::1'],
    ['198.18.0.0', '198.19.255.255', '2001:2::1'],
    [
      '240.0.0.1',
      '255.255.255.255',
      '192.0.0.1',
      '192.88.99.1',
      '192.31.196.1',
      '192.52.193.1',
      '192.175.48.1',
      '2620:4f:8000::1',
      '2001::1',
      '2001:1ff::1',
      '2002:cb00:7107::1',
      '100::1',
      'fec0::1',
      '4000::1',
      '1fff::1',
      '::203.0.113.7',
      '5f00::1',
      'a000::1',
    ],
  ])('forwards neither %s nor its like', (...addresses) => {
    for (const address of addresses)
      expect([address, forwardableAddress(address)]).toEqual([address, undefined]);
  });

  it('forwards nothing where nothing is known', () => {
    expect(forwardableAddress(undefined)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['the word unknown', 'unknown'],
    ['an obfuscated name', '_hidden'],
    ['an obfuscated name with a port', '_SEVKISEK:4711'],
    ['a name', 'hunter2.example'],
    ['a list', '203.0.113.7, 203.0.113.8'],
    ['an element of Forwarded', 'for=203.0.113.7;proto=https'],
    ['a number too large', '203.0.113.256'],
    ['a leading zero, which may be octal', '203.0.113.07'],
    ['three parts', '203.0.113'],
    ['one number', '3405803783'],
    ['a prefix length', '203.0.113.7/32'],
    ['junk after it', '203.0.113.7;x'],
    ['two ports', '203.0.113.7:1:2'],
    ['no port after the colon', '203.0.113.7:'],
    ['a port that there is not', '203.0.113.7:65536'],
    ['a line break', '203.0.113.7\r\nx: 1'],
    ['an open bracket', '[2001:db8::1'],
    ['an open quote', '"203.0.113.7'],
    ['two gaps', '2001::db8::1'],
    ['ten groups', '2001:db8:1:2:3:4:5:6:7:8'],
    ['an endless text', '1'.repeat(5_000)],
    ['a number', 7],
    ['null', null],
  ])('forwards nothing, and refuses nothing, where the address is %s', (_, address) => {
    expect(forwardableAddress(address as string)).toBeUndefined();
  });

  it('finds the address in every form that proxies write, or none', () => {
    fc.assert(
      fc.property(writtenAddress, fc.boolean(), junk, ({ address, written }, isJunk, more) => {
        const given = isJunk ? `${written}${more}` : written;
        const forwarded = forwardableAddress(given);
        if (isJunk) expect([undefined, forwardableAddress(address)]).toContain(forwarded);
        else expect(forwarded).toBe(forwardableAddress(address));
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives one canonical public address, or none, whatever it is given', () => {
    const anything = fc.oneof(
      fc.ipV4Extended(),
      writtenAddress.map(({ written }) => written),
      fc.string(),
      fc.anything(),
    );
    fc.assert(
      fc.property(anything, (address) => {
        const forwarded = forwardableAddress(address as string);
        if (forwarded === undefined) return;
        expect(isIP(forwarded)).not.toBe(0);
        expect(forwardableAddress(forwarded)).toBe(forwarded);
        // The URL parser writes addresses by the same rules.
        const host = isIP(forwarded) === 6 ? `[${forwarded}]` : forwarded;
        expect(new URL(`http://${host}/`).hostname).toBe(host);
      }),
      { numRuns: 3_000 },
    );
  });

  describe('the warning', () => {
    let fresh: typeof forwardableAddress;
    beforeEach(async () => {
      vi.resetModules();
      ({ forwardableAddress: fresh } = await import('../../src/device/clientAddress.js'));
    });

    it('comes once for each reason', () => {
      const events = listen(() => {
        for (const address of [
          '127.0.0.1',
          '127.0.0.2',
          '::1',
          '10.0.0.1',
          '203.0.113.7',
          undefined,
          'unknown',
          undefined,
          '_hidden',
        ])
          fresh(address);
      });
      expect(events).toMatchObject([
        {
          type: 'warning',
          code: 'client_address_not_public',
          message: expect.stringContaining('is loopback') as string,
        },
        {
          type: 'warning',
          code: 'client_address_not_public',
          message: expect.stringContaining('is private') as string,
        },
        {
          type: 'warning',
          code: 'client_address_not_public',
          message: expect.stringContaining('No client address') as string,
        },
        {
          type: 'warning',
          code: 'client_address_not_public',
          message: expect.stringMatching(/^The client address is unreadable(?!.*unknown)/) as string,
        },
      ]);
    });

    it('waits for somebody who listens', () => {
      fresh('127.0.0.1');
      expect(listen(() => fresh('127.0.0.1'))).toHaveLength(1);
    });
  });
});

describe('addressGroup', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:0:0:1::1', '2001:0:0:1::/64'],
    ['::1', '::/64'],
  ])('of %s is %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });

  it('is one for all addresses of a /64 and differs beyond it', () => {
    const part = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const parts = fc.tuple(part, part, part, part, part, part, part, part);
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const sameNetwork = a.slice(0, 4).join(':') === b.slice(0, 4).join(':');
        expect(addressGroup(a.join(':')) === addressGroup(b.join(':'))).toBe(sameNetwork);
        expect(addressGroup([...a.slice(0, 4), ...b.slice(4)].join(':'))).toBe(addressGroup(a.join(':')));
      }),
    );
  });
});

/** An address, and one of the ways in which proxies, CDNs and load balancers write it. */
const writtenAddress = fc
  .tuple(
    fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV4().map((address) => `::ffff:${address}`),
    ),
    // Five digits: with fewer, an unbracketed IPv6 address with a port is another address.
    fc.option(fc.integer({ min: 10_000, max: 65_535 }).map(String)),
    fc.boolean(),
    fc.boolean(),
    fc.constantFrom('', ' ', '\t '),
  )
  .map(([address, port, isBracketed, isQuoted, space]) => {
    const bare = isBracketed ? `[${address}]` : address;
    const withPort = port === null ? bare : `${bare}:${port}`;
    return { address, written: `${space}${isQuoted ? `"${withPort}"` : withPort}${space}` };
  });

/** Begins with what cannot go on an address, a port or the space around them. */
const junk = fc
  .tuple(fc.constantFrom(',', ';', '/', '\r', '?', '@', 'x', '%'), fc.string())
  .map(([first, rest]) => first + rest);

function listen(act: () => void): PassEvent[] {
  const events: PassEvent[] = [];
  const listener = (event: unknown): void => void events.push(event as PassEvent);
  subscribe(passEventChannel, listener);
  try {
    act();
  } finally {
    unsubscribe(passEventChannel, listener);
  }
  return events;
}
