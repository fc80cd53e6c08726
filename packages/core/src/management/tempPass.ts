import { checkParameters, parameterInvalid, segment } from '../api/answers/parameters.js';
import type { ProtectedCall } from '../api/callProtected.js';
import { described } from '../described.js';
import { parseManagementResponse } from '../http/parseManagementResponse.js';

interface OfTempPass {
  /** The id of the TempPass, as it is among the providers. */
  readonly mvpd: string;
  /** Default: that of the Pass. */
  readonly serviceProvider?: string | undefined;
}

/**
 * Whose free trial begins anew. One of the three has to be said: to Adobe Pass, a call that names nobody is about everybody.
 */
export type TempPassReset =
  | (OfTempPass & {
      /** The raw device identifier, as text: not its header. */
      readonly device: string;
      readonly identityHash?: undefined;
      readonly all?: undefined;
    })
  | (OfTempPass & {
      /** Of a promotional TempPass: the hash that you made of what identifies the viewer. */
      readonly identityHash: string;
      readonly device?: undefined;
      readonly all?: undefined;
    })
  | (OfTempPass & {
      /** Every device. */
      readonly all: true;
      readonly device?: undefined;
      readonly identityHash?: undefined;
    });

const name = 'resetTempPass';

/**
 * @throws PassError `parameter_invalid`
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/features-premium/temporary-access/temp-pass-reset-api
 */
export function resetTempPassCall(parameters: TempPassReset, ownServiceProvider: string): ProtectedCall {
  checkParameters(name, parameters);
  const { mvpd, serviceProvider = ownServiceProvider } = parameters;
  segment(mvpd, 'mvpd');
  segment(serviceProvider, 'serviceProvider');
  const whose = whoseTrial(parameters);
  const query = new URLSearchParams({
    requestor_id: serviceProvider,
    mvpd_id: mvpd,
    [whose.name]: whose.value,
  });
  return {
    endpoint: 'resetTempPass',
    method: 'DELETE',
    path: `/reset-tempass/v3/reset${whose.name === 'key' ? '/generic' : ''}?${query.toString()}`,
    headers: {},
    read: parseManagementResponse,
  };
}

/** `undefined` counts as not said: a variable that was never filled must not become everybody. */
function whoseTrial({ device, identityHash, all }: TempPassReset): {
  readonly name: 'device_id' | 'key';
  readonly value: string;
} {
  const said = [device, identityHash, all].filter((each: unknown) => each !== undefined);
  if (said.length !== 1)
    throw parameterInvalid(
      `${name}: exactly one of device, identityHash and all`,
      `must be given, received ${said.length}`,
    );
  if (all !== undefined) {
    const given: unknown = all;
    if (given !== true) throw parameterInvalid('all', `must be true, received ${described(given)}`);
    return { name: 'device_id', value: everybody };
  }
  return identityHash === undefined
    ? { name: 'device_id', value: oneOf(device, 'device') }
    : { name: 'key', value: oneOf(identityHash, 'identityHash') };
}

/** What Adobe Pass takes for everybody, be it an identifier or not. */
const everybody = 'all';

function oneOf(value: unknown, which: string): string {
  if (typeof value !== 'string' || value.trim() === '')
    throw parameterInvalid(which, 'must be text that is not empty');
  if (value.trim().toLowerCase() === everybody)
    throw parameterInvalid(which, 'must not be the word that means everybody; say all: true for that');
  if (value.length > 1_024 || /\p{Cc}/u.test(value) || !value.isWellFormed())
    throw parameterInvalid(
      which,
      'must be well-formed text of at most 1024 characters without control characters',
    );
  return value;
}
