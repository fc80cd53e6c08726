import { expect, test } from 'vitest';
import { selectionOf } from '../../vitest.shared.ts';

test.each([
  ['nothing is named', [], {}, false],
  ['only a project is named', ['run', '--project', 'core'], {}, false],
  ['a file is named', ['run', 'cluster'], {}, true],
  ['a test is named', ['run', '--project', 'core', '-t', 'share one request'], {}, true],
  ['everything is asked for', ['run'], { PASS_TESTS: 'everything' }, true],
])('whether a run takes everything if %s', (_, args, env, everything) => {
  expect(selectionOf(args, env).everything).toBe(everything);
});

test('a project that is named is known, however it is written', () => {
  expect(selectionOf(['run', '--project', 'nest10', '--project=nest11'], {}).projects).toEqual([
    'nest10',
    'nest11',
  ]);
});
