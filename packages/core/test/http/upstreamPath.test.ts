import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPassError } from '../../src/errors.js';
import { pathSegment, protectedPath } from '../../src/http/upstreamPath.js';
import { errorOf } from '../errorOf.js';

describe('protectedPath', () => {
  it.each([
    ['/api/v2/REF30/profiles', '/api/v2/REF30/profiles'],
    ['/api/v2/REF30/profiles/', '/api/v2/REF30/profiles/'],
    ['/api/v2/a%20b/x', '/api/v2/a%20b/x'],
    ['/api/v2/a..b/.x/...', '/api/v2/a..b/.x/...'],
    ['/api/v2/x?a=1&b=%2F', '/api/v2/x?a=1&b=%2F'],
    ['/api/v2/x?url=https://example.com/../y', '/api/v2/x?url=https://example.com/../y'],
  ])('lets %s pass', (path, sent) => {
    expect(protectedPath(path)).toBe(sent);
  });

  it('appends a query, encoded, to one that is already there', () => {
    expect(protectedPath('/api/v2/x', { a: 'b c', 'd&': 'é' })).toBe('/api/v2/x?a=b+c&d%26=%C3%A9');
    expect(protectedPath('/api/v2/x?z=%20', { a: '1' })).toBe('/api/v2/x?z=%20&a=1');
    expect(protectedPath('/api/v2/x', { a: undefined })).toBe('/api/v2/x');
  });

  it.each([
    ['another host', '//evil.example/api/v2/x'],
    ['a whole URL', 'https://evil.example/api/v2/x'],
    ['no leading slash', 'api/v2/x'],
    ['nothing', ''],
    ['another API', '/api/v1/x'],
    ['the DCR endpoints', '/o/client/token'],
    ['the prefix without its end', '/api/v2'],
    ['the prefix alone', '/api/v2/'],
    ['a longer name', '/api/v22/x'],
    ['other case', '/API/v2/x'],
    ['an encoded prefix', '/api/v%32/x'],
    ['a backslash', '/api/v2/x\\y'],
    ['a backslash in the query', '/api/v2/x?a=\\b'],
    ['dot segments', '/api/v2/../../o/client/token'],
    ['a single dot', '/api/v2/./x'],
    ['dots at the end', '/api/v2/x/..'],
    ['dots before a query', '/api/v2/x/..?y=1'],
    ['encoded dots', '/api/v2/%2e%2E/x'],
    ['half encoded dots', '/api/v2/.%2e/x'],
    ['doubly encoded dots', '/api/v2/%252e%252e/x'],
    ['dots with a path parameter', '/api/v2/..;x=1/y'],
    ['encoded dots with an encoded path parameter', '/api/v2/%2e%2e%3bx/y'],
    ['an encoded slash', '/api/v2/x%2f..%2fy'],
    ['a doubly encoded slash', '/api/v2/x%252Fy'],
    ['doubly encoded slashes beside a broken escape', '/api/v2/x%252f..%252f..%252f..%252fo%25'],
    ['doubly encoded dots beside a broken escape', '/api/v2/%252e%252e%253bx%25/y'],
    ['doubly encoded dots beside no text', '/api/v2/%252e%252e%253b%25ff/y'],
    ['a doubly encoded slash of two bytes', '/api/v2/x%25c0%25afy'],
    ['a doubly encoded dot of two bytes', '/api/v2/%25C0%25AE%25c0%25ae/y'],
    ['a doubly encoded control character beside a broken escape', '/api/v2/x%2500%25'],
    ['an encoded backslash', '/api/v2/x%5c..%5cy'],
    ['an empty segment', '/api/v2//profiles'],
    ['a space', '/api/v2/a b'],
    ['a line break', '/api/v2/x\r\nX-Admin: 1'],
    ['a tab', '/api/v2/.\t./x'],
    ['a NUL', '/api/v2/x\0'],
    ['an encoded line break', '/api/v2/x%0d%0ay'],
    ['text beyond ASCII', '/api/v2/é'],
    ['a fragment', '/api/v2/x#y'],
    ['a fragment after the query', '/api/v2/x?a#y'],
    ['a broken percent sign', '/api/v2/%zz'],
    ['bytes that are no UTF-8', '/api/v2/%ff'],
    ['a space in the query', '/api/v2/x?a= b'],
    ['too much', `/api/v2/${'x'.repeat(8_192)}`],
  ])('refuses %s', (_, path) => {
    expect(errorOf(() => protectedPath(path))).toMatchObject({ code: 'request_path_invalid' });
  });

  it.each([undefined, null, 7, {}])('refuses %s', (path) => {
    expect(errorOf(() => protectedPath(path as never)).message).toMatch(/^path must be a string, received/);
    if (path === undefined) return;
    expect(errorOf(() => protectedPath('/api/v2/x', { a: path as never })).message).toContain('for "a"');
  });

  it('shows the path but never its query', () => {
    const error = errorOf(() => protectedPath('/api/v2/../x?token=hunter2'));
    expect(error.message).toBe('path must not be or have a dot segment, received "/api/v2/../x"');
  });

  it('shows of a path that it refuses its words only: a code of a viewer may stand between them', () => {
    const error = errorOf(() => protectedPath('/api/v2/REF30/profiles/code/8ER640M/..?mvpd=Cablevision'));
    expect(error.message).toBe(
      'path must not be or have a dot segment, received "/api/v2/…/profiles/code/…/.."',
    );
    expect(errorOf(() => protectedPath('/api/v2/x?token=hunter2 3')).message).not.toContain('hunter2');
    expect(errorOf(() => protectedPath(`/api/v2/../${'y'.repeat(500)}`)).message.length).toBeLessThan(160);
  });

  it('gives nothing that a URL parser would read as another origin or another prefix', () => {
    const piece = fc.constantFrom(
      ...[
        '/',
        '//',
        '\\',
        '.',
        '..',
        '%2e',
        '%2E',
        '%252e',
        '%2f',
        '%5c',
        ';',
        '?',
        '#',
        '@',
        ':',
        'a',
        'é',
        '\t',
        '\n',
        ' ',
        '%',
        '%00',
      ],
      'api',
      'v2',
      '/api/v2/',
      'evil.example',
      'https:',
    );
    const paths = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
      fc.array(piece, { maxLength: 8 }).map((pieces) => `/api/v2/${pieces.join('')}`),
      fc.webUrl(),
      fc.stringMatching(/^[!-~]{1,12}$/).map((text) => `/api/v2/${text}`),
      fc.webPath().map((path) => `/api/v2${path}`),
      fc.string({ unit: 'binary' }).map((text) => `/api/v2/${text}`),
    );
    const query = fc.option(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), {
      nil: undefined,
    });
    let accepted = 0;
    fc.assert(
      fc.property(paths, query, (path, more) => {
        let sent: string;
        try {
          sent = protectedPath(path, more);
        } catch (error) {
          expect(isPassError(error)).toBe(true);
          return;
        }
        accepted += 1;
        for (const read of [sent, decodeURIComponent(sent.split('?', 1)[0] ?? '')]) {
          const url = new URL(read, 'https://sp.auth.adobe.com');
          expect(url.origin).toBe('https://sp.auth.adobe.com');
          expect(url.pathname.startsWith('/api/v2/')).toBe(true);
        }
        expect(sent).toMatch(/^\/api\/v2\/[\x21-\x7E]+$/);
        // What was judged is what is sent: parsing it once more changes nothing.
        expect(new URL(sent, 'https://sp.auth.adobe.com').pathname).toBe(sent.split('?', 1)[0]);
      }),
      { numRuns: 5_000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });
});

describe('pathSegment', () => {
  it.each([
    ['REF30', 'REF30'],
    ['a b', 'a%20b'],
    ['é?#&', '%C3%A9%3F%23%26'],
    ['...', '...'],
    ['100%', '100%25'],
  ])('encodes %s', (value, segment) => {
    expect(pathSegment(value, 'mvpd')).toBe(segment);
  });

  it.each([
    ['', 'mvpd must not be empty'],
    ['.', 'mvpd must not be or have a dot segment'],
    ['..', 'mvpd must not be or have a dot segment'],
    ['%2e%2e', 'mvpd must not be or have a dot segment'],
    ['..;x', 'mvpd must not be or have a dot segment'],
    ['a/b', 'mvpd must not have a slash'],
    ['a\\b', 'mvpd must not have a slash'],
    ['a\nb', 'mvpd must not have a control character'],
    ['\uD800', 'mvpd must be well-formed text'],
    ['x'.repeat(1_025), 'mvpd must have at most 1024 characters, received 1025'],
    [undefined, 'mvpd must be a string, received undefined'],
    [7, 'mvpd must be a string, received a number'],
  ])('refuses %j', (value, message) => {
    const error = errorOf(() => pathSegment(value as string, 'mvpd'));
    expect(error).toMatchObject({ code: 'request_path_invalid' });
    expect(error.message).toContain(message);
  });

  it('makes segments that protectedPath accepts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        let segment: string;
        try {
          segment = pathSegment(value, 'value');
        } catch (error) {
          expect(isPassError(error)).toBe(true);
          return;
        }
        expect(protectedPath(`/api/v2/${segment}/x`)).toMatch(/^\/api\/v2\/[^/]+\/x$/);
        expect(decodeURIComponent(segment)).toBe(value);
      }),
      { numRuns: 2_000 },
    );
  });
});
