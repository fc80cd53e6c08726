import { describe, expect, it } from 'vitest';
import { proxyOptions } from '../../koa-example/src/proxyOptions.js';

describe('proxyOptions', () => {
  it('lets Koa believe as many proxies as there are', () => {
    expect(proxyOptions(false)).toEqual({ proxy: false });
    expect(proxyOptions(2)).toEqual({ proxy: true, maxIpsCount: 2 });
  });

  it('refuses addresses, which would make Koa believe everybody', () => {
    expect(() => proxyOptions('loopback')).toThrow('TRUST_PROXY must be how many proxies');
  });
});
