import { describe, expect, it } from 'vitest';
import { trustedProxies } from '../../fastify-example/src/trustedProxies.js';

describe('trustedProxies', () => {
  it('lets Fastify believe the proxies that there are', () => {
    expect(trustedProxies(false)).toBe(false);
    expect(trustedProxies('loopback, 10.0.0.0/8')).toBe('loopback, 10.0.0.0/8');
  });

  it('refuses their number, which Fastify would ignore', () => {
    expect(() => trustedProxies(1)).toThrow('TRUST_PROXY must be the addresses');
  });
});
