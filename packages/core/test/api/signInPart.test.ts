import { describe, expect, it } from 'vitest';
import { signInPartOf } from '../../src/api/signInPart.js';

describe('a call to Adobe Pass', () => {
  it.each([
    ['POST', '/api/v2/REF30/sessions'],
    ['POST', '/api/v2/REF30/sessions/'],
    ['POST', '/api/v2/REF30/sessions?x=1'],
    ['POST', '/api/v2/REF30/sessions/XTC98W'],
    ['POST', '/api/v2/REF30/sessions/sso/Apple'],
    ['POST', '/api/v2/REF30/profiles/sso/Apple'],
    ['PUT', '/api/v2/REF30/sessions'],
    ['POST', '/api/v2/REF30/%73essions'],
    ['POST', '/api/v2/REF30/sessions;a=b/XTC98W'],
    ['POST', '/api/v2/REF30/Sessions'],
  ])('may bind a viewer: %s %s', (method, path) => {
    expect(signInPartOf(method, path)).toBe('begins');
  });

  it.each([
    ['GET', '/api/v2/REF30/profiles'],
    ['GET', '/api/v2/REF30/profiles?x=1'],
    ['GET', '/api/v2/REF30/profiles/Cablevision'],
    ['GET', '/api/v2/REF30/profiles/code/XTC98W'],
  ])('shows a sign-in: %s %s', (method, path) => {
    expect(signInPartOf(method, path)).toBe('shows');
  });

  it.each([
    ['GET', '/api/v2/REF30/sessions/XTC98W'],
    ['GET', '/api/v2/authenticate/REF30/XTC98W'],
    ['GET', '/api/v2/REF30/logout/sessions'],
    ['GET', '/api/v2/profiles/configuration'],
    ['POST', '/api/v2/REF30/decisions/authorize/sessions'],
    ['POST', '/api/v2/REF30/profiles/Cablevision'],
    ['POST', '/api/v2/sessions'],
    ['POST', '/api/v2/x?/sessions/sessions/sessions'],
  ])('has nothing to do with it: %s %s', (method, path) => {
    expect(signInPartOf(method, path)).toBeUndefined();
  });
});
