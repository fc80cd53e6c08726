import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { runCli } from '../src/cli/runCli.js';
import { readScenario } from '../src/scenario/readScenario.js';
import { scenarioFileSchema } from '../src/scenario/scenarioSchema.js';
import { at, getConfiguration } from './support/caller.js';
import { errorLike } from './support/like.js';
import { turnOnAt } from './support/Tv.js';
import { startSimulator } from './support/withSimulator.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pass-simulator-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function run(...argv: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await runCli(argv, {
    environment: {},
    readVersion: () => '1.2.3',
    signal: AbortSignal.abort(),
    print: (line) => void lines.push(line),
    complain: (line) => void lines.push(line),
  });
  return { code, lines };
}

function messageOf(text: string): string {
  try {
    readScenario(text);
  } catch (error) {
    expect(error).toEqual(errorLike({ code: 'invalid_argument' }));
    return error instanceof Error ? error.message : '';
  }
  return 'no error';
}

test('the published schema is the one that files are held to (anew: UPDATE_SCHEMA=1, and npm run format)', () => {
  const path = resolve(import.meta.dirname, '../scenario.schema.json');
  if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(path, JSON.stringify(scenarioFileSchema, null, 2));
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(scenarioFileSchema);
});

test('what a file says is what is served: domains, providers, packages, parental controls, trials', async () => {
  const simulator = await startSimulator(
    readScenario(
      JSON.stringify({
        serviceProviders: [
          {
            id: 'REF30',
            domains: ['channel.example'],
            resources: [{ id: 'kids' }, { id: 'movies', rating: 'TV-MA' }],
            mvpds: [
              { id: 'Families', viewers: [{ name: 'parent' }, { name: 'child', maxRating: 'TV-PG' }] },
              { id: 'Basic', entitlements: ['kids'] },
              { id: 'Former', active: false },
              { id: 'Trial', isTempPass: true, temporaryAccess: { durationSeconds: 600 } },
            ],
          },
        ],
        applications: [{ name: 'tv' }],
      }),
    ),
  );
  const tv = await turnOnAt(simulator);
  const { json } = await getConfiguration(simulator, tv.accessToken);
  const { domains, mvpds } = at(json, 'requestor') as {
    readonly domains: readonly { readonly name: string }[];
    readonly mvpds: readonly { readonly id: string }[];
  };
  expect(domains.map(({ name }) => name)).toEqual(['channel.example']);
  expect(mvpds.map(({ id }) => id)).toEqual(['Families', 'Basic', 'Trial']);

  const verdict = async (mvpd: string, viewer: string, resource: string): Promise<unknown> => {
    tv.signIn(mvpd, viewer);
    const { decisions } = (await tv.preauthorize(mvpd, [resource])).json as { decisions: unknown[] };
    return at(decisions[0], 'error', 'code') ?? at(decisions[0], 'authorized');
  };
  expect(await verdict('Families', 'parent', 'movies')).toBe(true);
  expect(await verdict('Families', 'child', 'movies')).toBe('authorization_denied_by_parental_controls');
  expect(await verdict('Basic', 'viewer', 'movies')).toBe('preauthorization_denied_by_mvpd');
  expect((await tv.authorize('Trial', ['kids'])).json).toMatchObject({ decisions: [{ authorized: true }] });
  simulator.clock.advance(600_000);
  expect((await tv.authorize('Trial', ['kids'])).json).toMatchObject({
    decisions: [{ error: { code: 'temporary_access_duration_limit_exceeded' } }],
  });
});

describe('a wrong file is told where, what stands there and what may', () => {
  const scenario = (mvpd: object): string =>
    JSON.stringify({ serviceProviders: [{ id: 'REF30', mvpds: [{ id: 'One' }, mvpd] }] });

  test.each<[string, string, string]>([
    [
      'a member that is misspelt',
      scenario({ id: 'Two', dispalyName: 'Two' }),
      '/serviceProviders/0/mvpds/1/dispalyName must be one of the members displayName, logoUrl, authPerAggregator, authPerBrowserSession, passiveAuthnEnabled, boardingStatus, platformMappingId, enablePlatformServices, displayInPlatformPicker, enforcePlatformPermissions, id, active, isTempPass, isProxy, proxy, platforms, onPlatform, profileLifeSeconds, authorizationLifeSeconds, login, logout, delayMs, viewers, entitlements, attributes, encryptedAttributes, temporaryAccess, misconfigured, decision, received "dispalyName"; did you mean "displayName"?',
    ],
    [
      'a member of the whole that is misspelt',
      '{ "viewer": [] }',
      '/viewer must be one of the members $schema, applications, serviceProviders, viewers, received "viewer"; did you mean "viewers"?',
    ],
    [
      'a word that is misspelt',
      scenario({ id: 'Two', login: 'from' }),
      '/serviceProviders/0/mvpds/1/login must be one of redirect, form, received "from"; did you mean "form"?',
    ],
    [
      'a service provider that is not there',
      '{ "applications": [{ "name": "tv", "serviceProviders": ["REF31", "ref30x"] }] }',
      '/applications/0/serviceProviders/1 must be one of REF30, REF31, received "ref30x"; did you mean "REF30"?',
    ],
    [
      'a value of another type',
      scenario({ id: 'Two', temporaryAccess: { durationSeconds: '600' } }),
      '/serviceProviders/0/mvpds/1/temporaryAccess/durationSeconds must be a number from 1 to 10000000000, received "600"',
    ],
    [
      'a member that is missing',
      scenario({ displayName: 'Two' }),
      '/serviceProviders/0/mvpds/1/id must be given, received undefined',
    ],
    [
      'an id that is there twice',
      scenario({ id: 'One' }),
      '/serviceProviders/0/mvpds/1/id must be one that the list has not had, received "One"',
    ],
    [
      'a viewer who is there twice',
      scenario({ id: 'Two', viewers: [{ name: 'a' }, { name: 'a' }] }),
      '/serviceProviders/0/mvpds/1/viewers/1/name must be one that the list has not had, received "a"',
    ],
    [
      'a name with signs of a pointer',
      scenario({ id: 'Two', onPlatform: { 'a/b~c': { logoUrl: 1 } } }),
      '/serviceProviders/0/mvpds/1/onPlatform/a~1b~0c/logoUrl must be a non-empty string, received 1',
    ],
    ['a list', '[]', 'it must be an object, received a list'],
  ])('%s', (_what, text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  test('an application, where there is no service provider to name', () => {
    expect(messageOf('{ "serviceProviders": [] }')).toBe(
      '/applications/0/serviceProviders/0 must be left out, as there is no service provider, received "REF30"',
    );
  });

  test('no JSON, by line and column', () => {
    expect(messageOf('{\n  "viewers": [\n    { "name": "a" },\n  ]\n}\n')).toMatch(
      /^it is not JSON: .*\(?line 4 column 3\)?$|^it is not JSON: Unexpected token/,
    );
  });

  test('on the command line, with the name of the file', async () => {
    const path = join(folder(), 'mine.json');
    writeFileSync(path, '\uFEFF{ "viewers": {} }');
    expect(await run('--scenario', path, '--port', '0')).toEqual({
      code: 2,
      lines: [`pass-simulator: ${path} is no scenario: /viewers must be a list, received an object`],
    });
  });
});
