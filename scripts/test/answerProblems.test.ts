import { describe, expect, test } from 'vitest';
import { blamesOthersTypes, findAnswerProblems, findLedgerProblems } from '../packages/answerProblems.mjs';

const signedIn = { status: 200, contentType: 'application/json', body: [{ mvpd: 'Cablevision' }] };
const nobody = {
  status: 400,
  contentType: 'application/problem+json',
  body: { code: 'device_missing' },
};
const ledger = [
  { endpoint: 'register', status: 201 },
  { endpoint: 'token', status: 201 },
  { endpoint: 'profiles', status: 200, device: 'tv-1' },
];

test('a consumer that answers as it should is accepted', () => {
  expect(findAnswerProblems({ signedIn, nobody })).toEqual([]);
  expect(findLedgerProblems(ledger)).toEqual([]);
});

describe('a consumer is refused', () => {
  test.each([
    ['for a profile of nobody', { signedIn: { ...signedIn, body: [] } }],
    ['for an error', { signedIn: { ...signedIn, status: 500 } }],
    ['that answers whoever asks', { nobody: signedIn }],
    ['that hides what is wrong', { nobody: { ...nobody, body: {} } }],
    ['that answers no problem+json', { nobody: { ...nobody, contentType: 'application/json' } }],
  ])('%s', (_why, change) => {
    expect(findAnswerProblems({ signedIn, nobody, ...change })).toHaveLength(1);
  });

  test.each([
    ['that never asked', []],
    ['that registered twice', [ledger[0], ...ledger]],
    ['whose token is refused', ledger.with(2, { endpoint: 'profiles', status: 401, device: 'tv-1' })],
    ['that asked for another device', ledger.with(2, { endpoint: 'profiles', status: 200, device: 'tv-2' })],
  ])('%s', (_why, entries) => {
    expect(findLedgerProblems(entries.filter((entry) => entry !== undefined))).toHaveLength(1);
  });
});

test.each([
  ['../node_modules/@types/koa/index.d.ts(358,64): error TS2694: no', true],
  ['../node_modules/@pass-dcr/koa/dist/cjs/index.d.ts(1,1): error TS2694: no', false],
  ['../node_modules/@types/koa/index.d.ts(1,1): error TS1: no\nserver.ts(3,1): error TS2345: no', false],
  ['error TS5101: Option is deprecated', false],
  ['killed', false],
])('%s is of other people: %s', (output, expected) => {
  expect(blamesOthersTypes(output)).toBe(expected);
});
