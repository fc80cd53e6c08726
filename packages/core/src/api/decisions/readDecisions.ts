import type { EchoTest } from '../../http/echoes.js';
import { isJsonObject } from '../../http/parseJson.js';
import type { ParsedResponse } from '../../http/parseProtectedResponse.js';
import { readEnhancedError, type EnhancedError } from '../answers/EnhancedError.js';
import { compact, epochMs, textIn, unknownFields } from '../answers/fields.js';
import { responseInvalid } from '../responseInvalid.js';
import type { Authorization, MediaToken } from './types.js';

/** What was asked. */
export interface DecisionQuestion {
  /** Names the call in errors. */
  readonly name: string;
  readonly serviceProvider: string;
  readonly mvpd: string;
  /** Each once. */
  readonly resources: readonly string[];
  readonly isEcho: EchoTest;
}

const known: ReadonlySet<string> = new Set([
  'resource',
  'serviceProvider',
  'mvpd',
  'source',
  'authorized',
  'token',
  'notBefore',
  'notAfter',
  'error',
]);

/**
 * One decision per asked resource, in that order. Found by the resource that it names, because the order of an answer is
 * not documented and one may be missing; by its place only where it names none.
 * @throws PassError `upstream_response_invalid`
 */
export function readDecisions(
  question: DecisionQuestion,
  { status, body }: ParsedResponse,
): readonly Authorization[] {
  const { name, resources } = question;
  // Until September 2026 a failed authorization could be answered with nothing at all.
  const list = body === undefined ? [] : isJsonObject(body) ? (body['decisions'] ?? []) : undefined;
  if (!Array.isArray(list)) throw responseInvalid(name, status, 'has no list of decisions');
  const answers: readonly unknown[] = list;
  return resources.map((resource, place) => {
    const raw = decisionOn(resource, answers) ?? namelessAt(place, answers, resources.length);
    return raw === undefined ? notAnswered(question, resource) : readDecision(question, resource, raw);
  });
}

/** Every resource is denied for one reason, which the answer gave for all. */
export function deniedAll(question: DecisionQuestion, error: EnhancedError): readonly Authorization[] {
  return question.resources.map((resource) => ({
    resource,
    serviceProvider: question.serviceProvider,
    mvpd: question.mvpd,
    authorized: false,
    source: 'mvpd',
    error,
    unknownFields: {},
  }));
}

type Raw = Readonly<Record<string, unknown>>;

/** A sample of Adobe's repeats a resource with a space after it. */
function decisionOn(resource: string, answers: readonly unknown[]): Raw | undefined {
  const objects = answers.filter(isJsonObject);
  return (
    objects.find((raw) => raw['resource'] === resource) ??
    objects.find((raw) => textIn(raw['resource'])?.trim() === resource.trim())
  );
}

function namelessAt(place: number, answers: readonly unknown[], asked: number): Raw | undefined {
  const raw = answers[place];
  if (answers.length !== asked || !isJsonObject(raw)) return undefined;
  return textIn(raw['resource']) === undefined ? raw : undefined;
}

function notAnswered({ serviceProvider, mvpd }: DecisionQuestion, resource: string): Authorization {
  return {
    resource,
    serviceProvider,
    mvpd,
    authorized: false,
    source: 'notAnswered',
    unknownFields: {},
  };
}

function readDecision(question: DecisionQuestion, resource: string, raw: Raw): Authorization {
  const window = compact({ notBefore: epochMs(raw['notBefore']), notAfter: epochMs(raw['notAfter']) });
  const any = {
    resource,
    serviceProvider: textIn(raw['serviceProvider']) ?? question.serviceProvider,
    mvpd: textIn(raw['mvpd']) ?? question.mvpd,
    source: textIn(raw['source']) ?? 'mvpd',
    ...window,
    unknownFields: unknownFields(raw, known),
  };
  // Nothing but the word itself is a permit.
  if (raw['authorized'] === true)
    return { ...any, authorized: true, ...compact({ token: readToken(raw['token']) }) };
  return {
    ...any,
    authorized: false,
    ...compact({ error: readEnhancedError(raw['error'], question.isEcho) }),
  };
}

function readToken(raw: unknown): MediaToken | undefined {
  if (!isJsonObject(raw)) return undefined;
  const serializedToken = textIn(raw['serializedToken']);
  if (serializedToken === undefined) return undefined;
  return {
    serializedToken,
    ...compact({ notBefore: epochMs(raw['notBefore']), notAfter: epochMs(raw['notAfter']) }),
  };
}
