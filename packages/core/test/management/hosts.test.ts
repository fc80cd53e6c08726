import { describe, expect, it } from 'vitest';
import { createPass } from '../../src/createPass.js';
import { resolveBaseUrl, resolveManagementUrl, type PassEnvironment } from '../../src/http/baseUrl.js';
import type { Transport, UpstreamRequest } from '../../src/http/Transport.js';
import { transportOfTwoHosts } from '../../src/http/transportOfTwoHosts.js';
import { memoryCache } from '../../src/cache/memoryCache.js';
import type { ServerPassOptions } from '../../src/options.js';
import { upstreamResponse } from '../http/upstreamResponse.js';

describe('the hosts of the management APIs', () => {
  it.each<[PassEnvironment, string]>([
    ['release-production', 'https://mgmt.auth.adobe.com/'],
    ['release-staging', 'https://mgmt.auth-staging.adobe.com/'],
    ['prequal-production', 'https://mgmt-prequal.auth.adobe.com/'],
    ['prequal-staging', 'https://mgmt-prequal.auth-staging.adobe.com/'],
  ])('are of %s', (environment, url) => {
    expect(resolveManagementUrl(environment, undefined, undefined).href).toBe(url);
  });

  it('are replaced by a base URL, or by one of their own', () => {
    const proxy = resolveBaseUrl('release-production', 'https://proxy.example');
    expect(resolveManagementUrl('release-production', proxy, undefined).href).toBe('https://proxy.example/');
    expect(resolveManagementUrl('release-production', proxy, 'https://mgmt.example').href).toBe(
      'https://mgmt.example/',
    );
    expect(() => resolveManagementUrl('release-production', proxy, 'http://mgmt.example')).toThrow(
      /managementBaseUrl must use https/,
    );
  });

  it('serve all but registration and tokens, and both are closed', async () => {
    const used: string[] = [];
    const to = (name: string): Transport => ({
      async send({ path }: UpstreamRequest) {
        used.push(`${name} ${path}`);
        return upstreamResponse(200);
      },
      async close() {
        used.push(`${name} closed`);
      },
    });
    const both = transportOfTwoHosts(to('sp'), to('mgmt'));
    for (const path of ['/o/client/register', '/o/client/token', '/esm/v3', '/control/o/client/token'])
      await both.send({ method: 'GET', path, headers: {} });
    await both.close();
    expect(used).toEqual([
      'sp /o/client/register',
      'sp /o/client/token',
      'mgmt /esm/v3',
      'mgmt /control/o/client/token',
      'sp closed',
      'mgmt closed',
    ]);
  });
});

describe('createPass with an identity', () => {
  const options = {
    softwareStatement: `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.c2ln`,
    serviceProvider: 'REF30',
    environment: 'release-production',
    cache: memoryCache(),
  } as const;

  it('makes a Pass without clients', async () => {
    const server = createPass({ ...options, identity: 'server' });
    expect(server).not.toHaveProperty('client');
    expect(server.serviceProvider).toBe('REF30');
    await server.close();
  });

  it('refuses another one, and options that there are not', () => {
    const wrong = { ...options, identity: 'device' } as unknown as ServerPassOptions;
    expect(() => createPass(wrong)).toThrow(/identity must be 'server', or left out/);
    const misspelt = {
      ...options,
      identity: 'server',
      managmentBaseUrl: 'https://x.example',
    } as unknown as ServerPassOptions;
    expect(() => createPass(misspelt)).toThrow(/managmentBaseUrl is not an option/);
  });
});
