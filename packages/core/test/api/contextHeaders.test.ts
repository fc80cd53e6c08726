import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextHeaders } from '../../src/api/contextHeaders.js';
import { isPassError } from '../../src/errors.js';
import type { PassContext } from '../../src/PassClient.js';
import { errorOf } from '../errorOf.js';

const context: PassContext = {
  serviceProvider: 'OTHER',
  subjectToken: 'eyJ.e30.c2ln',
  rokuConnectToken: 'roku',
  serviceToken: 'service',
  partnerFrameworkStatus: 'e30=',
  tempPassIdentity: 'e30=',
  visitorIdentifier: '38400000123456789012345678901234567890',
  signal: new AbortController().signal,
};

describe('contextHeaders', () => {
  it('has a header for every member but the service provider and the signal', () => {
    expect(contextHeaders(context)).toEqual({
      'adobe-subject-token': 'eyJ.e30.c2ln',
      'x-roku-reserved-roku-connect-token': 'roku',
      'ad-service-token': 'service',
      'ap-partner-framework-status': 'e30=',
      'ap-temppass-identity': 'e30=',
      'ap-visitor-identifier': '38400000123456789012345678901234567890',
    });
  });

  it('has none without a context, and only those that a call takes', () => {
    expect(contextHeaders(undefined)).toEqual({});
    expect(contextHeaders({ subjectToken: undefined })).toEqual({});
    expect(contextHeaders(context, ['visitorIdentifier'])).toEqual({
      'ap-visitor-identifier': context.visitorIdentifier,
    });
  });

  it.each([
    ['a line break', 'hunter2\r\nx: 1'],
    ['a space', 'hunter2 x'],
    ['text beyond ASCII', 'hunter2é'],
    ['nothing', ''],
    ['too much', 'hunter2'.padEnd(4_097, 'x')],
    ['no text', 7],
  ])('refuses %s, naming the header and never the value', (_, value) => {
    const error = errorOf(() => contextHeaders({ subjectToken: value as string }));
    expect(error).toMatchObject({ code: 'header_invalid', status: 400 });
    expect(error.message).toMatch(/^Adobe-Subject-Token must /);
    expect(error.message).not.toContain('hunter2');
  });

  it('takes a value of 4 096 characters', () => {
    expect(contextHeaders({ serviceToken: 'x'.repeat(4_096) })).toEqual({
      'ad-service-token': 'x'.repeat(4_096),
    });
  });

  it('yield nothing that breaks a header, or a PassError', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a\r\nb: c', '\0'), {
      weight: 4,
      arbitrary: fc.constant('ok'),
    });
    const contexts = fc.record(
      { subjectToken: text, rokuConnectToken: text, serviceToken: text, visitorIdentifier: text },
      { requiredKeys: [] },
    );
    let accepted = 0;
    fc.assert(
      fc.property(contexts, (given) => {
        try {
          for (const value of Object.values(contextHeaders(given)))
            expect(value).toMatch(/^[\t\x20-\x7E\x80-\xFF]+$/);
          accepted += 1;
        } catch (error) {
          if (!isPassError(error)) throw error;
        }
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
