import { isPassError } from '../../errors.js';
import { isJsonObject } from '../../http/parseJson.js';
import { parseProtectedResponse, type ParsedResponse } from '../../http/parseProtectedResponse.js';
import type { Processed } from '../../http/failure.js';
import { responseHeader } from '../../http/responseHeader.js';
import type { UpstreamResponse } from '../../http/Transport.js';
import type { ApiRuntime } from '../ApiRuntime.js';
import { adobeUrl, providerUrl } from '../answers/answerUrl.js';
import { compact, textIn, unknownFields } from '../answers/fields.js';
import { checkParameters, requiredUrl, segment } from '../answers/parameters.js';
import type { CallOptions } from '../CallOptions.js';
import type { ProtectedCall } from '../callProtected.js';
import type { ClientCalls } from '../ClientCalls.js';
import type { ContextHeader } from '../contextHeaders.js';
import { resourcePath } from '../resourcePath.js';
import { responseInvalid } from '../responseInvalid.js';
import type { LogoutParameters, LogoutStep } from './types.js';

const name = 'logout';

const context: readonly ContextHeader[] = [
  'subjectToken',
  'rokuConnectToken',
  'serviceToken',
  'visitorIdentifier',
];

/** `client.logout()`: signs the viewer out, and says what is left to do. Again, it says that nobody is signed in. */
export async function logout(
  client: ClientCalls,
  { baseUrl, permits, signIns }: Pick<ApiRuntime, 'baseUrl' | 'permits' | 'signIns'>,
  parameters: LogoutParameters,
  options: CallOptions | undefined,
): Promise<readonly LogoutStep[]> {
  return await client.within(options, async (deadline) => {
    checkParameters(name, parameters);
    const { mvpd } = parameters;
    const query = new URLSearchParams({ redirectUrl: requiredUrl(parameters.redirectUrl, 'redirectUrl') });
    const call: ProtectedCall = {
      endpoint: 'logout',
      method: 'GET',
      path: `${resourcePath(client, `logout/${segment(mvpd, 'mvpd')}`)}?${query.toString()}`,
      headers: client.headers(context),
      read: parseLogoutResponse,
    };
    // Whatever comes of the call: what was permitted before it is not to be shown any more.
    permits.clear(client.whose());
    try {
      const steps = readLogout(mvpd, baseUrl, await client.call(call, deadline));
      // Other providers may have a profile yet: the next list of them tells.
      signIns.signedOut(client.whose());
      return steps;
    } catch (error) {
      if (isPassError(error) && error.adobe?.code === 'authenticated_profile_missing')
        return [{ mvpd, actionName: 'invalid', actionType: 'none', unknownFields: {} }];
      throw error;
    }
  });
}

/** Adobe's OpenAPI lists a redirect too, and clients have met it: where it leads is the step. */
function parseLogoutResponse(response: UpstreamResponse): Processed<ParsedResponse> {
  const { status, headers } = response;
  const isRedirect = status >= 300 && status < 400 && responseHeader(response, 'location') !== undefined;
  return isRedirect
    ? { ok: true, answer: { status, headers, body: undefined } }
    : parseProtectedResponse(response);
}

const known: ReadonlySet<string> = new Set(['actionType', 'mvpd', 'url']);
const knownWithAction: ReadonlySet<string> = new Set([...known, 'actionName']);

/** @throws PassError `upstream_response_invalid` */
export function readLogout(
  mvpd: string,
  baseUrl: URL,
  { status, headers, body }: ParsedResponse,
): readonly LogoutStep[] {
  if (status >= 300) {
    const { location } = headers;
    const url = providerUrl(typeof location === 'string' ? location : location?.[0], baseUrl);
    const step = { mvpd, actionName: 'logout', actionType: 'interactive', unknownFields: {} } as const;
    return [{ ...step, ...compact({ url }) }];
  }
  if (!isJsonObject(body) || !isJsonObject(body['logouts']))
    throw responseInvalid(name, status, 'has no map of logouts');
  return Object.entries(body['logouts']).map(([key, raw]) => readStep(key, raw, baseUrl, status));
}

function readStep(key: string, raw: unknown, baseUrl: URL, status: number): LogoutStep {
  if (!isJsonObject(raw)) throw responseInvalid(name, status, 'has a logout that is no JSON object');
  const actionName = textIn(raw['actionName']);
  if (actionName === undefined) throw responseInvalid(name, status, 'has a logout without actionName');
  const any = {
    mvpd: textIn(raw['mvpd']) ?? key,
    actionType: textIn(raw['actionType']) ?? (actionName === 'logout' ? 'interactive' : 'none'),
    unknownFields: unknownFields(raw, knownWithAction),
  };
  switch (actionName) {
    case 'logout':
      return { actionName, ...any, ...compact({ url: adobeUrl(raw['url'], baseUrl) }) };
    case 'partner_logout':
    case 'complete':
    case 'invalid':
      return { actionName, ...any };
    default:
      return { actionName: 'other', ...any, unknownFields: unknownFields(raw, known) };
  }
}
