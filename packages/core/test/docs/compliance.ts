import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readText, root } from './documents.js';

/** What proves a requirement: a test by its file and name, or a sentence of the documents. */
type Proof =
  { readonly test: string; readonly name: string } | { readonly document: string; readonly sentence: string };

export interface Requirement {
  readonly id: string;
  /** What Adobe's checklist asks for, in our words. */
  readonly asks: string;
  readonly met: string;
  readonly proof: Proof;
}

const row = (id: string, asks: string, met: string, proof: Proof): Requirement => ({ id, asks, met, proof });
const core = (file: string, name: string): Proof => ({ test: `packages/core/test/${file}.test.ts`, name });
const said = (document: string, sentence: string): Proof => ({ document: `docs/${document}.md`, sentence });

/** Adobe's checklist for REST API v2: M is mandatory, R recommended. */
export const requirements: readonly Requirement[] = [
  row(
    'M1',
    'The registered application has the scope of REST API v2',
    'Its absence is told by name, and costs no pair',
    core('api/callProtected', 'names the application where a fresh token does not help'),
  ),
  row(
    'M2',
    'One pair per device is stored, and used for every token',
    'In the cache, before it is used',
    core('session/processes', 'register a device once and share its token'),
  ),
  row(
    'M3',
    'The token is stored, and used until it expires',
    'In memory and in the cache, for all processes',
    core('session/processes', 'find a device that was registered before they started'),
  ),
  row(
    'M4',
    'The list of providers is asked for only when the viewer has to pick one',
    'A method of its own, which no other calls',
    said('signing-in', 'Only where there is none does the viewer have to pick a provider'),
  ),
  row(
    'M5',
    'The picked provider is remembered',
    'Your app does',
    said('signing-in', 'have the app remember'),
  ),
  row(
    'M6',
    'Polling starts at the right moment',
    'When you call `waitFor`',
    said('signing-in', 'wait once the browser has arrived at `redirectUrl`'),
  ),
  row(
    'M7',
    'Polling stops with success, expiry or a new code',
    'Built in',
    core('api/waitFor', 'ends at once when the device is given a newer code'),
  ),
  row(
    'M8',
    'Polling every three to five seconds, or more',
    'Five, and never less than three',
    core('api/waitFor', 'asks at once and then every five seconds, until the viewer has signed in'),
  ),
  row(
    'M9',
    'Parts of the profile are remembered',
    'Your app does',
    said('signing-in', 'Have the app keep the provider that was picked'),
  ),
  row(
    'M10',
    'Preauthorization never decides a playback',
    'Its type has no token, and its answer loses one',
    core('api/decisions', 'has no token, whatever the answer has'),
  ),
  row(
    'M11',
    'Preauthorization is repeated by action, two or three times, only for items that ask',
    'Twice',
    core('api/decisions', 'asks again for the items that say so, twice at most'),
  ),
  row(
    'M12',
    'Permits of preauthorization are kept in memory',
    'For a minute, with `cache: true`',
    core('api/decisions', 'asks again only for what was not permitted within a minute'),
  ),
  row(
    'M13',
    'Authorization before each playback',
    'No decision is kept',
    core('api/decisions', 'is not made again after a failure that may have been a decision, nor kept'),
  ),
  row(
    'M14',
    'Authorization is repeated by action, two or three times',
    'Twice',
    core('api/decisions', 'is made again where Adobe Pass asks for it with a 403'),
  ),
  row(
    'M15',
    'Logout exists, and its next step is followed',
    'As data, one per profile',
    core('api/logout', 'says what is left to do, per profile'),
  ),
  row(
    'M16',
    'Every call has `Authorization`',
    'No call is made without a token',
    core('api/callProtected', 'sends the token in memory without asking for one'),
  ),
  row(
    'M17',
    'Every call names the real device',
    'A client is of one device; without one there is none',
    core('api/ApiClient', 'without a device throws or rejects on every use'),
  ),
  row(
    'M18',
    'Every call describes the real device',
    '`X-Device-Info` of that device',
    core('device/deviceHeaders', 'says whose, what and where the device is'),
  ),
  row(
    'M19',
    'The identifier of a device is stable',
    'Yours to give',
    said('signing-in', 'Give a device one identifier for as long as it is the same device'),
  ),
  row(
    'M20',
    'Only documented parameters and headers',
    'Typed, and per endpoint',
    core('api/contextHeaders', 'has none without a context, and only those that a call takes'),
  ),
  row(
    'M21',
    'Errors are handled by their action',
    'All 47 codes, then action, then status',
    core('api/adobeCodes', 'counts more than its action, which Adobe’s samples give differently'),
  ),
  row(
    'M22',
    'Errors inside a 2xx are told from HTTP errors',
    'Results against exceptions',
    core('api/readings', 'Q15 a missing profile is the same for the call and for an item'),
  ),
  row(
    'M23',
    'Tested on prequal-production and release-staging first',
    'Each is an `environment`',
    said('signing-in', 'Before you go to `release-production`'),
  ),
  row(
    'R1',
    'A token is renewed ahead; on a 401 before the repetition',
    'In the background, and once',
    core('api/callProtected', 'names the refused token, and replays the same body once with another'),
  ),
  row(
    'R2',
    'The list of providers is kept for minutes',
    'Two, per platform',
    core('api/configuration', 'is retrieved again after two minutes, and nobody waits for it'),
  ),
  row('R3', 'A typed code is validated before the browser opens', '`retrieve` and `resume`', {
    test: 'packages/express/test/flows.test.ts',
    name: 'F4: a second screen validates the code and signs the device in with the provider it chose',
  }),
  row(
    'R4',
    'Several profiles are supported',
    'A list',
    core('api/profiles', 'makes a list of the map, in its order'),
  ),
  row('R5', 'Degraded, temporary and single sign-on access are supported', 'One union of types', {
    test: 'packages/express/test/flows.test.ts',
    name: 'F11: degradation rules let everybody in, let everybody watch, or nobody, and then all is as before',
  }),
  row(
    'R6',
    'Messages of a denied preauthorization are shown',
    '`viewerMessage`',
    core('api/decisions', 'keeps the words to the viewer for the app, out of what is logged'),
  ),
  row(
    'R7',
    'Media tokens are verified',
    '`mediaTokenGuard` and your verifier',
    core('playback/mediaTokenGuard', 'accepts a token once, whichever server is asked'),
  ),
  row(
    'R8',
    'Messages of a denied authorization are shown',
    '`viewerMessage`',
    core('api/judge', 'keeps what Adobe Pass said'),
  ),
  row(
    'R9',
    'Nobody is logged out automatically',
    'Nothing in this library does',
    said('signing-in', 'never because a decision was a denial'),
  ),
  row(
    'R10',
    'What was used with the older API is used on',
    'Identifier and description are yours',
    said('signing-in', 'A service that comes from the older API keeps its device identifiers'),
  ),
  row(
    'R11',
    'Flows are tested on devices, with large providers, permits and denials',
    'The simulator rehearses them',
    said('signing-in', 'with your largest providers, permits and denials'),
  ),
  row(
    'R12',
    'Adobe’s developer site is used for tests',
    'Beside the simulator',
    said('signing-in', 'developer site can make the same calls by hand'),
  ),
];

/** What is wrong with a proof; `undefined`: it is there. */
export function missingProof({ id, proof }: Requirement): string | undefined {
  if ('sentence' in proof) {
    const text = readText(proof.document).replaceAll(/\s+/g, ' ');
    return text.includes(proof.sentence)
      ? undefined
      : `${id}: ${proof.document} does not say "${proof.sentence}"`;
  }
  if (!existsSync(join(root, proof.test))) return `${id}: there is no ${proof.test}`;
  const text = readText(proof.test);
  const quoted = [`'${proof.name}'`, `'${proof.name}', async`, `'${proof.name}'(`].some((each) =>
    text.includes(each),
  );
  return quoted ? undefined : `${id}: ${proof.test} has no test "${proof.name}"`;
}

export function complianceDocument(): string {
  const rows = requirements.map(({ id, asks, met, proof }) => [id, asks, met, shown(proof)].join(' | '));
  return [
    '# Compliance',
    '',
    '<!-- Generated: UPDATE_COMPLIANCE=1 npm test -- docs/compliance -->',
    '',
    'Adobe has a checklist for applications of REST API v2: M is mandatory, R recommended. Each row says how this library meets',
    'it, and which test or sentence proves that. A test looks whether those are there.',
    '',
    '| | asks | met by | proof |',
    '| --- | --- | --- | --- |',
    ...rows.map((each) => `| ${each} |`),
    '',
  ].join('\n');
}

function shown(proof: Proof): string {
  if ('sentence' in proof) {
    const name = proof.document.split('/').at(-1) ?? '';
    return `[${name}](${name}): “${proof.sentence}”`;
  }
  return `[${proof.test.split('/').at(-1)}](../${proof.test}): ${proof.name}`;
}
