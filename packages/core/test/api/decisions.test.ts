import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import type { PassContext } from '../../src/PassClient.js';
import { stage, type Stage } from './scripted.js';

const clientOn = (on: Stage, context?: PassContext): ApiClient =>
  new ApiClient(on, { identifier: 'tv-0815', address: '203.0.113.7' }, context);

const permit = (resource: string) => ({
  resource,
  serviceProvider: 'REF30',
  mvpd: 'Acme',
  source: 'mvpd',
  authorized: true,
});
const denial = (resource: string, code: string, action = 'none') => ({
  ...permit(resource),
  authorized: false,
  error: { status: 403, code, action, message: 'The provider says no.', trace: '12f6fef9' },
});
const resourcesSent = (on: Stage): unknown[] =>
  on.transport.sent.map(({ body = 'null' }) => JSON.parse(body) as unknown);

describe('client.decisions.preauthorize', () => {
  it('answers one entry per asked resource, in that order, whatever the order of the answer', async () => {
    const on = stage([
      200,
      { decisions: [denial('b', 'preauthorization_denied_by_mvpd'), { ...permit('a '), later: 1 }] },
    ]);
    const decisions = await clientOn(on).decisions.preauthorize({
      mvpd: 'Acme',
      resources: ['a', 'b', 'c', 'a'],
    });
    const a = { ...permit('a'), unknownFields: { later: 1 } };
    expect(decisions).toMatchObject([
      a,
      {
        resource: 'b',
        authorized: false,
        error: { code: 'preauthorization_denied_by_mvpd', mustAct: 'nobody' },
      },
      { resource: 'c', authorized: false, source: 'notAnswered' },
      a,
    ]);
    expect(on.transport.sent[0]).toMatchObject({
      method: 'POST',
      path: '/api/v2/REF30/decisions/preauthorize/Acme',
      body: '{"resources":["a","b","c"]}',
    });
    expect(on.transport.sent[0]?.headers).toMatchObject({ 'content-type': 'application/json;charset=utf-8' });
  });

  it('has no token, whatever the answer has', async () => {
    const token = { notBefore: 1, notAfter: 2, serializedToken: 'secret' };
    const on = stage([200, { decisions: [{ ...permit('a'), token }] }]);
    const [decision] = await clientOn(on).decisions.preauthorize({ mvpd: 'Acme', resources: ['a'] });
    expect(decision).not.toHaveProperty('token');
  });

  it('splits what is more than one call takes', async () => {
    const resources = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const on = stage(
      [200, { decisions: resources.slice(0, 5).map(permit) }],
      [200, { decisions: resources.slice(5).map(permit) }],
    );
    const decisions = await clientOn(on).decisions.preauthorize({ mvpd: 'Acme', resources });
    expect(decisions.map(({ resource, authorized }) => [resource, authorized])).toEqual(
      resources.map((resource) => [resource, true]),
    );
    expect(resourcesSent(on)).toEqual([
      { resources: resources.slice(0, 5) },
      { resources: resources.slice(5) },
    ]);
  });

  it('asks again for the items that say so, twice at most', async () => {
    const late = denial('b', 'network_received_error', 'retry');
    const on = stage(
      [200, { decisions: [permit('a'), late, denial('c', 'network_connection_timeout', 'none')] }],
      [200, { decisions: [late, permit('c')] }],
      [200, { decisions: [late] }],
    );
    const decisions = await on.play(
      clientOn(on).decisions.preauthorize({ mvpd: 'Acme', resources: ['a', 'b', 'c'] }),
    );
    expect(resourcesSent(on)).toEqual([
      { resources: ['a', 'b', 'c'] },
      { resources: ['b', 'c'] },
      { resources: ['b'] },
    ]);
    expect(decisions).toMatchObject([
      { authorized: true },
      { authorized: false, error: { code: 'network_received_error', retryable: true } },
      { authorized: true },
    ]);
  });

  it('keeps what it has where asking again fails', async () => {
    const on = stage([200, { decisions: [permit('a'), denial('b', 'network_received_error')] }], [405, {}]);
    const decisions = await on.play(
      clientOn(on).decisions.preauthorize({ mvpd: 'Acme', resources: ['a', 'b'] }),
    );
    expect(decisions).toMatchObject([{ authorized: true }, { error: { code: 'network_received_error' } }]);
  });

  it.each([
    ['for the call', 403, { status: 403, code: 'authenticated_profile_missing', action: 'authentication' }],
    [
      'as items',
      200,
      { decisions: ['a', 'b'].map((r) => denial(r, 'authenticated_profile_missing', 'authentication')) },
    ],
  ])('says of a viewer who is not signed in the same, told %s', async (_, status, body) => {
    const on = stage([status, body]);
    const decisions = await clientOn(on).decisions.preauthorize({ mvpd: 'Acme', resources: ['a', 'b'] });
    const error = { code: 'authenticated_profile_missing', mustAct: 'viewer', viewerMustSignIn: true };
    expect(decisions).toMatchObject([
      { resource: 'a', authorized: false, error },
      { resource: 'b', authorized: false, error },
    ]);
  });

  it('takes too many resources for an error of the operator, or of an item', async () => {
    const code = 'too_many_resources';
    const on = stage(
      [403, { status: 403, code, action: 'configuration' }],
      [200, { decisions: [denial('a', code, 'configuration')] }],
    );
    const { decisions } = clientOn(on);
    const asked = { mvpd: 'Acme', resources: ['a'] };
    await expect(decisions.preauthorize(asked)).rejects.toMatchObject({
      code: 'upstream_refused',
      mustAct: 'operator',
    });
    expect(await decisions.preauthorize(asked)).toMatchObject([{ error: { code, mustAct: 'operator' } }]);
  });

  describe('with cache: true', () => {
    const asked = { mvpd: 'Acme', resources: ['a', 'b'], cache: true } as const;
    const answer = [
      200,
      { decisions: [permit('a'), denial('b', 'preauthorization_denied_by_mvpd')] },
    ] as const;

    it('asks again only for what was not permitted within a minute', async () => {
      const on = stage(answer, answer, answer);
      const client = clientOn(on);
      await client.decisions.preauthorize(asked);
      expect(await client.decisions.preauthorize(asked)).toMatchObject([
        { authorized: true },
        { authorized: false },
      ]);
      expect(resourcesSent(on)).toEqual([{ resources: ['a', 'b'] }, { resources: ['b'] }]);
      on.clock.advance(60_000);
      await client.decisions.preauthorize(asked);
      expect(resourcesSent(on)[2]).toEqual({ resources: ['a', 'b'] });
    });

    it('keeps nothing without it, nor for another provider, token or pair, nor after a sign-out', async () => {
      const on = stage(answer, answer, answer, answer, answer, [200, { logouts: {} }], answer);
      const client = clientOn(on, { serviceToken: 'one' });
      await client.decisions.preauthorize({ ...asked, cache: undefined });
      await client.decisions.preauthorize(asked);
      await client.decisions.preauthorize({ ...asked, mvpd: 'Other' });
      await clientOn(on, { serviceToken: 'two' }).decisions.preauthorize(asked);
      on.tokens.pair = { clientId: 'x', clientSecret: 'y', generation: 2, registeredAt: 0 };
      await client.decisions.preauthorize(asked);
      await client.logout({ mvpd: 'Acme', redirectUrl: 'https://a.example' });
      await client.decisions.preauthorize(asked);
      expect(on.transport.sent).toHaveLength(7);
      for (const sent of resourcesSent(on).toSpliced(5, 1)) expect(sent).toEqual({ resources: ['a', 'b'] });
    });
  });
});

describe('client.decisions.authorize', () => {
  const token = {
    notBefore: 1_733_735_289_035,
    notAfter: '1733735889035',
    serializedToken: 'PHNpZ25hdHVyZUluZm8+',
  };

  it('gives the media token, and times as numbers', async () => {
    const on = stage([200, { decisions: [{ ...permit('a'), token, notAfter: 1_733_800_000_000 }] }]);
    expect(await clientOn(on).decisions.authorize({ mvpd: 'Acme', resources: ['a'] })).toEqual([
      {
        ...permit('a'),
        token: { ...token, notAfter: 1_733_735_889_035 },
        notAfter: 1_733_800_000_000,
        unknownFields: {},
      },
    ]);
    expect(on.transport.sent[0]?.path).toBe('/api/v2/REF30/decisions/authorize/Acme');
  });

  it.each([
    undefined,
    {},
    { decisions: null },
    { decisions: [] },
    { decisions: [null, 7] },
    { decisions: [permit('b')] },
  ])('denies where the answer is %j', async (body) => {
    const on = stage([200, body]);
    expect(await clientOn(on).decisions.authorize({ mvpd: 'Acme', resources: ['a'] })).toEqual([
      {
        resource: 'a',
        serviceProvider: 'REF30',
        mvpd: 'Acme',
        authorized: false,
        source: 'notAnswered',
        unknownFields: {},
      },
    ]);
  });

  it.each([['true'], [1], [undefined], [null], [{}]])('denies where authorized is %j', async (authorized) => {
    const on = stage([200, { decisions: [{ ...permit('a'), authorized, token }] }]);
    const [decision] = await clientOn(on).decisions.authorize({ mvpd: 'Acme', resources: ['a'] });
    expect(decision).toMatchObject({ authorized: false });
    expect(decision).not.toHaveProperty('token');
  });

  it('is not made again after a failure that may have been a decision, nor kept', async () => {
    const on = stage([500, ''], [200, { decisions: [permit('a')] }], [200, { decisions: [permit('a')] }]);
    const asked = { mvpd: 'Acme', resources: ['a'] };
    const { decisions } = clientOn(on);
    await expect(decisions.authorize(asked)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await decisions.authorize(asked);
    await decisions.authorize(asked);
    expect(on.transport.sent).toHaveLength(3);
  });

  it('is made again where Adobe Pass asks for it with a 403', async () => {
    const again = [403, { status: 403, code: 'maximum_execution_time_exceeded', action: 'retry' }] as const;
    const on = stage(again, again, [200, { decisions: [permit('a')] }]);
    expect(await on.play(clientOn(on).decisions.authorize({ mvpd: 'Acme', resources: ['a'] }))).toMatchObject(
      [{ authorized: true }],
    );
  });

  it('leaves it to Adobe Pass how many resources it takes', async () => {
    const resources = ['a', 'b', 'c', 'd', 'e', 'f'];
    const on = stage([403, { status: 403, code: 'too_many_resources', action: 'configuration' }]);
    await expect(clientOn(on).decisions.authorize({ mvpd: 'Acme', resources })).rejects.toMatchObject({
      code: 'upstream_refused',
      mustAct: 'operator',
      adobe: { code: 'too_many_resources' },
    });
    expect(resourcesSent(on)).toEqual([{ resources }]);
  });

  it.each([
    '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>"N\'B\' & <C>"</title></channel></rss>',
    'émoji 📺',
    'a trailing space ',
    'a\u2028b',
  ])('sends and answers the resource %j to the letter', async (resource) => {
    const on = stage([200, { decisions: [{ ...permit(resource), token }] }]);
    const [decision] = await clientOn(on).decisions.authorize({ mvpd: 'Acme', resources: [resource] });
    expect(decision).toMatchObject({ resource, authorized: true });
    expect(resourcesSent(on)).toEqual([{ resources: [resource] }]);
  });

  it('never takes a decision on something else for that on what was asked', async () => {
    const on = stage([200, { decisions: [permit('b'), { ...permit('x'), resource: undefined }] }]);
    const decisions = await clientOn(on).decisions.authorize({ mvpd: 'Acme', resources: ['a', 'c'] });
    expect(decisions.map(({ authorized }) => authorized)).toEqual([false, true]);
  });

  it('keeps the words to the viewer for the app, out of what is logged', async () => {
    const on = stage([200, { decisions: [denial('a', 'authorization_denied_by_mvpd')] }]);
    const [decision] = await clientOn(on).decisions.authorize({ mvpd: 'Acme', resources: ['a'] });
    const error = decision !== undefined && 'error' in decision ? decision.error : undefined;
    expect(error?.viewerMessage).toEqual({ message: 'The provider says no.' });
    expect(inspect(decision, { showHidden: true, depth: 5 })).not.toContain('says no');
    expect(JSON.stringify(decision)).not.toContain('says no');
  });

  it('shows nothing that an item repeats of the call', async () => {
    const item = denial('a', 'no_tv-0815_here');
    const error = { ...item.error, code: 'tv-0815', trace: 'tv-0815', message: 'tv-0815 is not known' };
    const on = stage([200, { decisions: [{ ...item, error: { ...error, code: 'some_code' } }] }]);
    const [decision] = await clientOn(on).decisions.authorize({ mvpd: 'Acme', resources: ['a'] });
    const reason = decision !== undefined && 'error' in decision ? decision.error : undefined;
    expect(reason).toMatchObject({ code: 'some_code' });
    expect(reason?.trace).toBeUndefined();
    expect(reason?.viewerMessage).toBeUndefined();
  });

  it.each([
    [{ mvpd: 'Acme', resources: [] }],
    [{ mvpd: 'Acme', resources: [''] }],
    [{ mvpd: 'Acme', resources: 'a' as unknown as string[] }],
    [{ mvpd: 'Acme', resources: [7 as unknown as string] }],
    [{ mvpd: '..', resources: ['a'] }],
    [undefined as unknown as { mvpd: string; resources: string[] }],
  ])('refuses %j', async (asked) => {
    const on = stage();
    for (const call of ['authorize', 'preauthorize'] as const)
      await expect(clientOn(on).decisions[call](asked)).rejects.toMatchObject({ code: 'parameter_invalid' });
    expect(on.transport.sent).toEqual([]);
  });

  it.each(['text', [], { decisions: {} }])('refuses the answer %j', async (body) => {
    const answered = clientOn(stage([200, JSON.stringify(body)])).decisions.authorize({
      mvpd: 'A',
      resources: ['a'],
    });
    await expect(answered).rejects.toMatchObject({ code: 'upstream_response_invalid' });
  });
});
