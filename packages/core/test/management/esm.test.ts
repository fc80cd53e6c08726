import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServerPassWith } from '../../src/createServerPassWith.js';
import { esmCall } from '../../src/management/esm/esmCall.js';
import { readEsmReport } from '../../src/management/esm/readEsmReport.js';
import type { EsmParameters } from '../../src/management/esm/types.js';
import type { ServerPass } from '../../src/management/ServerPass.js';
import { timingWith } from '../../src/testing/timingWith.js';
import { briefHold, createHarness, deviceNumber, secret, type Harness } from '../session/harness.js';

const queryOf = (parameters: EsmParameters): string => esmCall(parameters).path.split('?')[1] ?? '';

describe('the call of a report', () => {
  it('begins at the root, and takes dimensions or the path of a link', () => {
    expect(esmCall({}).path).toBe('/esm/v3?format=json');
    expect(esmCall({ path: 'media-company/year' }).path).toBe('/esm/v3/media-company/year?format=json');
    expect(esmCall({ path: '/esm/v3/media-company' }).path).toBe('/esm/v3/media-company?format=json');
    expect(esmCall({ path: '/esm/v3' }).path).toBe('/esm/v3?format=json');
  });

  it('filters by equal, one of, not, none of, and merely shows', () => {
    const filters = { a: 'x', b: ['y', 'z w'], c: { not: 'v' }, d: { not: ['s', 't'] }, e: true } as const;
    expect(queryOf({ filters })).toBe('a=x&b=y&b=z%20w&c!=v&d!=s&d!=t&e&format=json');
  });

  it('asks for a time, a number of rows and metrics', () => {
    const query = queryOf({
      start: '2026',
      end: '2026-03-01T12:00',
      limit: 10,
      metrics: ['count', 'authn-attempts'],
    });
    expect(query).toBe(
      'start=2026&end=2026-03-01T12%3A00&limit=10&metrics=count%2Cauthn-attempts&format=json',
    );
  });

  it.each<[string, object]>([
    ['path', { path: '../api/v2/REF30/profiles' }],
    ['path', { path: 'media-company//year' }],
    ['path', { path: '/api/v2/REF30' }],
    ['path', { path: 'media-company?access_token=x' }],
    ['path', { path: 7 }],
    ['start', { start: 'yesterday' }],
    ['end', { end: new Date(0) }],
    ['limit', { limit: 0 }],
    ['metrics', { metrics: [] }],
    ['filters', { filters: { start: '2026' } }],
    ['filters', { filters: { access_token: 'x' } }],
    ['filters', { filters: { 'a&b': 'x' } }],
    ['filters', { filters: { a: [] } }],
    ['filters', { filters: { a: false } }],
    ['format', { format: 'pdf' }],
    ['parameters', []],
  ])('refuses a wrong %s: %j', (name, parameters) => {
    expect(() => esmCall(parameters as EsmParameters)).toThrow(
      expect.objectContaining({
        code: 'parameter_invalid',
        message: expect.stringContaining(name) as string,
      }),
    );
  });
});

describe('the answer', () => {
  const url = new URL('https://mgmt.auth.adobe.com');
  const read = (body: unknown) => readEsmReport({ status: 200, headers: {}, body }, url);

  it('is read with one link or several', () => {
    const up = { href: '/esm/v3' };
    const down = { href: '/esm/v3/media-company/year', name: 'year' };
    expect(
      read({ report: [{ year: '2026', count: 4 }], _links: { 'roll-up': up, 'drill-down': down } }),
    ).toEqual({
      rows: [{ year: '2026', count: '4' }],
      drillDown: [{ name: 'year', path: '/esm/v3/media-company/year' }],
      rollUp: [{ path: '/esm/v3' }],
    });
    expect(read({ report: [], _links: { 'drill-down': [down, down] } }).drillDown).toHaveLength(2);
  });

  it('has no link that leads elsewhere', () => {
    const hrefs = [
      'https://elsewhere.example/esm/v3/a',
      '//elsewhere.example/esm/v3/a',
      '/api/v2/REF30',
      'javascript:1',
      7,
      null,
    ];
    expect(read({ report: [], _links: { 'drill-down': hrefs.map((href) => ({ href })) } }).drillDown).toEqual(
      [],
    );
  });

  it.each([[undefined], ['text'], [[]], [{}], [{ report: 'none' }]])(
    'is refused if it is no report: %j',
    (body) => {
      expect(() => read(body)).toThrow(expect.objectContaining({ code: 'upstream_response_invalid' }));
    },
  );
});

describe('server.esm', () => {
  let harness: Harness;
  let server: ServerPass;

  beforeAll(async () => {
    harness = await createHarness();
    server = createServerPassWith(
      {
        identity: 'server',
        softwareStatement: harness.simulator.issueSoftwareStatement({ application: 'operations' }),
        serviceProvider: 'REF30',
        environment: 'local',
        baseUrl: harness.simulator.url,
        application: 'operations',
        cache: harness.cache,
        secret,
      },
      { clock: harness.clock, timing: timingWith({ recovery: briefHold }) },
    );
    const client = harness.createPass().client(deviceNumber(1));
    for (const mvpd of ['TempPass_TEST40', 'TempPass_TEST40', 'Cablevision'])
      await client.decisions.authorize({ mvpd, resources: ['REF30'] });
  });
  afterAll(async () => {
    await server.close();
    await harness[Symbol.asyncDispose]();
  });

  it('follows the links from the root down to the providers', async () => {
    const root = await server.esm.report();
    expect(root.rollUp).toEqual([]);
    const [company] = root.drillDown;
    const reports = await server.esm.report({ path: company?.path });
    const mvpds = reports.drillDown.find(({ name }) => name === 'mvpd');
    const { rows, rollUp, dataUntil } = await server.esm.report({
      path: mvpds?.path,
      metrics: ['authz-attempts'],
    });
    expect(rows).toEqual([
      { 'media-company': 'Simulated', mvpd: 'TempPass_TEST40', 'authz-attempts': '2' },
      { 'media-company': 'Simulated', mvpd: 'Cablevision', 'authz-attempts': '1' },
    ]);
    expect(rollUp).toEqual([{ path: '/esm/v3/media-company' }]);
    expect(Math.abs((dataUntil ?? 0) - harness.clock.now())).toBeLessThan(2_000);
  });

  it('filters', async () => {
    const report = async (filters: NonNullable<EsmParameters['filters']>): Promise<unknown[]> => {
      const { rows } = await server.esm.report({ path: 'media-company', filters });
      return rows.map(({ count }) => count);
    };
    expect(await report({ mvpd: 'Cablevision' })).toEqual(['1']);
    expect(await report({ mvpd: { not: 'Cablevision' } })).toEqual(['2']);
    expect(await report({ mvpd: ['Cablevision', 'TempPass_TEST40'] })).toEqual(['3']);
    expect(await report({ mvpd: true })).toEqual(['2', '1']);
  });

  it('gives a text for a file', async () => {
    const { format, text } = await server.esm.report({
      path: 'media-company',
      format: 'csv',
      metrics: ['count'],
    });
    expect([format, text]).toEqual(['csv', 'media-company,count\nSimulated,3\n']);
    expect((await server.esm.report({ path: 'media-company', format: 'xml' })).text).toContain('<record ');
  });

  it('tells a path that there is not, and the reason of a refusal, which stays out of logs', async () => {
    await expect(server.esm.report({ path: 'media-company/month' })).rejects.toMatchObject({
      code: 'upstream_refused',
      adobe: { status: 404 },
    });
    const refused = server.esm.report({ path: 'media-company', filters: { nothing: 'x' } });
    await expect(refused).rejects.toMatchObject({
      adobe: { status: 400 },
      viewerMessage: { message: 'there is no dimension of the name nothing' },
      message: expect.not.stringContaining('dimension') as string,
    });
  });

  it('takes a page instead of a report for no answer', async () => {
    harness.simulator.fault({ endpoint: 'esmReport', effect: { html: true } });
    await expect(server.esm.report()).rejects.toMatchObject({ code: 'upstream_response_invalid' });
  });
});
