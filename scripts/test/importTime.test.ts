import { describe, expect, test } from 'vitest';
import { comparisons, findImportProblems, importTable } from '../packages/importTime.mjs';

const compared = [{ name: '@pass-dcr/express', to: 'express', most: 2 }];
const names = ['@pass-dcr/express'];

test('a package that is imported about as fast as its framework is accepted', () => {
  const times = { '@pass-dcr/express': [150, 160, 170], express: [140, 140, 140] };
  expect(findImportProblems(names, compared, times)).toEqual([]);
  expect(importTable(compared, times)).toEqual([
    'importing          ms   compared to  ms   ratio  at most',
    '@pass-dcr/express  160  express      140  1.14   2.00',
  ]);
});

test('a machine that is slow for a while changes no ratio', () => {
  const times = { '@pass-dcr/express': [150, 900, 160], express: [140, 800, 150] };
  expect(findImportProblems(names, compared, times)).toEqual([]);
});

describe('a package is refused', () => {
  test('that takes longer than it may', () => {
    expect(
      findImportProblems(names, compared, { '@pass-dcr/express': [300, 290, 310], express: [140, 140, 140] }),
    ).toEqual(['importing @pass-dcr/express takes 2.14 times as long as express, more than 2.00']);
  });

  test('that was not measured', () => {
    expect(findImportProblems(names, compared, {})).toHaveLength(1);
  });

  test('that is compared to nothing', () => {
    const times = { '@pass-dcr/express': [100], express: [100] };
    expect(findImportProblems([...names, '@pass-dcr/new'], compared, times)).toEqual([
      '@pass-dcr/new is not compared to anything: say what importing it may cost',
    ]);
  });
});

test('no package is compared twice', () => {
  const all = comparisons.map(({ name }) => name);
  expect(all).toEqual([...new Set(all)]);
});
