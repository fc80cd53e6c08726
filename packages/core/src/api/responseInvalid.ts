import { PassError } from '../errors.js';

/** The error for a 2xx answer that is JSON but not what was asked for. `fault` quotes nothing of it. */
export function responseInvalid(name: string, status: number, fault: string): PassError {
  return new PassError('upstream_response_invalid', `${name}: the body of the ${status} answer ${fault}`, {
    adobe: { status },
  });
}
