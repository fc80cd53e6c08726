import { kindOf } from '../described.js';
import { PassError } from '../errors.js';

/** REST API v2. */
const restPrefixes = ['/api/v2/'] as const;
const longestPath = 8_192;

/** Any origin serves: only whether the path leaves it is asked. */
const origin = 'https://adobe-pass.invalid';

/**
 * The path and query of a protected call, as they go onto the wire. The bearer token travels with it, so it must not be
 * possible to leave the host or what is below `prefixes`, whichever way the servers in between read the path. Refused are therefore
 * backslashes, dot segments, empty segments, and encoded forms of these: a reader that decodes twice, or one that drops
 * `;parameters` before it resolves `..`, must arrive at the same resource.
 * @throws PassError `request_path_invalid`
 */
export function protectedPath(
  path: string,
  query?: Readonly<Record<string, string | undefined>>,
  prefixes: readonly string[] = restPrefixes,
): string {
  const given: unknown = path;
  if (typeof given !== 'string') return refuse(`must be a string, received ${kindOf(given)}`);
  if (given.length > longestPath)
    return refuse(`must have at most ${longestPath} characters, received ${given.length}`);
  const mark = given.indexOf('?');
  const pathname = mark === -1 ? given : given.slice(0, mark);
  const shown = JSON.stringify(shapeOf(pathname));
  if (!/^[\x21-\x7E]*$/.test(given)) {
    return refuse(`must be visible ASCII; percent-encode the rest, received ${shown}`);
  }
  if (given.includes('#')) return refuse(`must not have a fragment, received ${shown}`);
  if (given.includes('\\')) return refuse(`must not contain a backslash, received ${shown}`);
  if (!pathname.startsWith('/') || pathname.startsWith('//'))
    return refuse(`must begin with one slash, received ${shown}`);
  const prefix = prefixes.find((each) => pathname.startsWith(each) && pathname.length > each.length);
  if (prefix === undefined) {
    return refuse(`must name a resource below ${prefixes.join(' or ')}, received ${shown}`);
  }
  const segments = pathname.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    const problem = problemOf(segment, index === segments.length - 1);
    if (problem !== undefined) return refuse(`${problem}, received ${shown}`);
  }
  const url = new URL(pathname + (mark === -1 ? '' : given.slice(mark)), origin);
  const added = searchOf(query);
  // What the rules above let through must also have survived the parser: this is the property they are there for.
  if (url.origin !== origin || !url.pathname.startsWith(prefix))
    return refuse(`must stay below ${prefix}, received ${shown}`);
  if (added === '') return url.pathname + url.search;
  return `${url.pathname}${url.search}${url.search === '' ? '?' : '&'}${added}`;
}

/** A path with the words that the API's paths are made of; all else may be a viewer's code, or a provider. */
function shapeOf(pathname: string): string {
  const shown = pathname
    .split('/', 13)
    .map((segment) => (/^(?:v2|[a-z]{0,20}|\.{1,2})$/.test(segment) ? segment : '…'));
  return shown.slice(0, 12).join('/') + (shown.length > 12 ? '/…' : '');
}

/**
 * One segment of a path, percent-encoded. `name` says in an error whose value it was.
 * @throws PassError `request_path_invalid`
 */
export function pathSegment(value: string, name: string): string {
  const given: unknown = value;
  if (typeof given !== 'string') return refuseSegment(name, `must be a string, received ${kindOf(given)}`);
  if (given === '') return refuseSegment(name, 'must not be empty');
  if (given.length > 1_024)
    return refuseSegment(name, `must have at most 1024 characters, received ${given.length}`);
  if (!given.isWellFormed())
    return refuseSegment(name, 'must be well-formed text, received a lone surrogate');
  const segment = encodeURIComponent(given);
  const problem = problemOf(segment, false);
  return problem === undefined ? segment : refuseSegment(name, problem);
}

function problemOf(segment: string, last: boolean): string | undefined {
  // A slash at the very end is in one of Adobe's own samples.
  if (segment === '') return last ? undefined : 'must not have an empty segment';
  if (!isDecodable(segment)) return 'must be percent-encoded correctly';
  let read = segment;
  // Twice: a proxy may decode once and the server behind it a second time.
  for (let pass = 0; pass <= 2; pass += 1) {
    const plain = read.split(';', 1)[0];
    if (plain === '.' || plain === '..') return 'must not be or have a dot segment';
    if (/[/\\]/.test(read)) return 'must not have a slash or backslash inside a segment';
    if (/\p{Cc}/u.test(read)) return 'must not have a control character';
    // The first byte of an ASCII character written as two, which no valid encoding has and careless readers take.
    if (/%c[01]/i.test(read)) return 'must not have an overlong encoding';
    const decoded = decodeAscii(read);
    if (decoded === read) return undefined;
    read = decoded;
  }
  return undefined;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** What means anything in a path is ASCII. An escape that is broken, or of something else, stays and ends no look. */
function decodeAscii(text: string): string {
  return text.replaceAll(/%([0-7][\da-f])/gi, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}

function searchOf(query: Readonly<Record<string, string | undefined>> | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    const given: unknown = value;
    if (given === undefined) continue;
    if (typeof given !== 'string') {
      return refuse(
        `must have a query of strings, received ${kindOf(given)} for ${JSON.stringify(name.slice(0, 40))}`,
      );
    }
    search.append(name, given);
  }
  return search.toString();
}

function refuse(problem: string): never {
  throw new PassError('request_path_invalid', `path ${problem}`);
}

function refuseSegment(name: string, problem: string): never {
  throw new PassError('request_path_invalid', `${name} ${problem}`);
}
