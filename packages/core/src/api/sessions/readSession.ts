import { isJsonObject } from '../../http/parseJson.js';
import type { ParsedResponse } from '../../http/parseProtectedResponse.js';
import { adobeUrl } from '../answers/answerUrl.js';
import { compact, epochMs, objectIn, textIn, textsIn, unknownFields } from '../answers/fields.js';
import { responseInvalid } from '../responseInvalid.js';
import { authenticateUrl } from './authenticateUrl.js';
import type { PartnerProfileSession, Session, SessionParameter, SessionStatus } from './types.js';

/** What an answer is read against. */
export interface SessionQuestion {
  /** Names the call in errors. */
  readonly name: string;
  readonly baseUrl: URL;
  readonly serviceProvider: string;
  /** The code that the call named: Adobe's samples of `resume` leave it out of the answer. */
  readonly code?: string | undefined;
}

const known: ReadonlySet<string> = new Set([
  'actionType',
  'reasonType',
  'missingParameters',
  'url',
  'code',
  'sessionId',
  'mvpd',
  'serviceProvider',
  'notBefore',
  'notAfter',
  'authenticationRequest',
]);
const knownWithAction: ReadonlySet<string> = new Set([...known, 'actionName']);

/** @throws PassError `upstream_response_invalid` */
export function readSession(
  question: SessionQuestion,
  { status, body }: ParsedResponse,
): Session | PartnerProfileSession {
  const { name, baseUrl } = question;
  if (!isJsonObject(body)) throw responseInvalid(name, status, 'is no JSON object');
  const actionName = textIn(body['actionName']);
  if (actionName === undefined) throw responseInvalid(name, status, 'has no actionName');
  const serviceProvider = textIn(body['serviceProvider']) ?? question.serviceProvider;
  const any = {
    actionType: textIn(body['actionType']) ?? (actionName === 'authenticate' ? 'interactive' : 'direct'),
    reasonType: textIn(body['reasonType']) ?? 'none',
    serviceProvider,
    ...compact({ mvpd: textIn(body['mvpd']), sessionId: textIn(body['sessionId']) }),
    unknownFields: unknownFields(body, knownWithAction),
  };
  switch (actionName) {
    case 'authenticate':
    case 'resume':
    case 'retry': {
      const code = textIn(body['code']) ?? question.code;
      if (code === undefined) throw responseInvalid(name, status, 'has no code');
      const open = {
        ...any,
        code,
        ...compact({ notBefore: epochMs(body['notBefore']), notAfter: epochMs(body['notAfter']) }),
        missingParameters: parameterNames(body['missingParameters']),
      };
      if (actionName !== 'authenticate') return { actionName, ...open };
      // One that leads elsewhere is not followed: the documented one can be made from the code.
      const url = adobeUrl(body['url'], baseUrl) ?? authenticateUrl(baseUrl, serviceProvider, code);
      return { actionName, ...open, url };
    }
    case 'authorize':
      return { actionName, ...any };
    case 'partner_profile': {
      const { type, request, attributesNames } = objectIn(body['authenticationRequest']);
      if (textIn(request) === undefined)
        throw responseInvalid(name, status, 'has no authentication request for the partner');
      const authenticationRequest = {
        type: textIn(type) ?? 'saml',
        request: textIn(request) ?? '',
        attributesNames: textsIn(attributesNames),
      };
      return { actionName, ...any, authenticationRequest };
    }
    default:
      return { actionName: 'other', ...any, unknownFields: unknownFields(body, known) };
  }
}

const knownOfStatus: ReadonlySet<string> = new Set([
  'existingParameters',
  'existing',
  'missingParameters',
  'missing',
  'device',
  'notBefore',
  'notAfter',
]);

/** @throws PassError `upstream_response_invalid` */
export function readSessionStatus(name: string, { status, body }: ParsedResponse): SessionStatus {
  if (!isJsonObject(body)) throw responseInvalid(name, status, 'is no JSON object');
  // Two of Adobe's pages have the shorter names.
  const existing = body['existingParameters'] ?? body['existing'];
  if (!isJsonObject(existing)) throw responseInvalid(name, status, 'has no existing parameters');
  const parameters = Object.entries(existing).flatMap(([parameter, value]) => {
    const text = textIn(value);
    return text === undefined ? [] : [[parameterName(parameter), text] as const];
  });
  return {
    existingParameters: Object.fromEntries(parameters),
    missingParameters: parameterNames(body['missingParameters'] ?? body['missing']),
    ...compact({
      device: isJsonObject(body['device']) ? body['device'] : undefined,
      notBefore: epochMs(body['notBefore']),
      notAfter: epochMs(body['notAfter']),
    }),
    unknownFields: unknownFields(body, knownOfStatus),
  };
}

function parameterNames(value: unknown): readonly SessionParameter[] {
  return textsIn(value).map(parameterName);
}

/** Adobe's samples say `domain` for `domainName`, and clients in the field have seen lower case. */
function parameterName(given: string): SessionParameter {
  switch (given.toLowerCase()) {
    case 'domain':
    case 'domainname':
      return 'domainName';
    case 'redirecturl':
      return 'redirectUrl';
    case 'mvpd':
      return 'mvpd';
    case 'serviceprovider':
      return 'serviceProvider';
    default:
      return given;
  }
}
