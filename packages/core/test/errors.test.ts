import { expect, it } from 'vitest';
import { errorTable, PassError, type PassErrorCode } from '../src/errors.js';

it('a PassError has its status under both names that frameworks read, and logs it once', () => {
  for (const code of Object.keys(errorTable) as PassErrorCode[]) {
    const error = new PassError(code, 'failed');
    expect([error.status, error.statusCode]).toEqual([errorTable[code].status, errorTable[code].status]);
    expect(Object.keys(error)).not.toContain('statusCode');
  }
});
