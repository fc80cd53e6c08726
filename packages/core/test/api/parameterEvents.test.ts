import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import { recordEvents } from '../session/harness.js';
import { stage } from './scripted.js';

describe('a code that cannot be used', () => {
  it.each<[string, (client: ApiClient, code: string) => unknown]>([
    ['sessions.authenticateUrl', (client, code) => client.sessions.authenticateUrl({ code })],
    ['sessions.retrieve', async (client, code) => await client.sessions.retrieve({ code })],
    ['profiles.forCode', async (client, code) => await client.profiles.forCode({ code })],
    ['profiles.waitFor', async (client, code) => await client.profiles.waitFor({ code })],
  ])('is told to the operator once, by %s', async (_, ask) => {
    using heard = recordEvents();
    const client = new ApiClient(stage(), { identifier: 'tv' }, undefined);
    await expect((async () => await ask(client, ' '))()).rejects.toMatchObject({ code: 'parameter_invalid' });
    expect(heard.of('requestFailed')).toMatchObject([
      { code: 'parameter_invalid', status: 400, message: 'code must not be empty', device: 'tag of 2' },
    ]);
  });
});
