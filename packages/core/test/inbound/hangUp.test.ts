import { expect, it } from 'vitest';
import { isHangUp } from '../../src/inbound/hangUp.js';
import { RequestContext } from '../../src/inbound/RequestContext.js';
import { inboundRequest } from './inboundRequest.js';

it('tells a caller that hung up from everything else that aborts', () => {
  const request = inboundRequest();
  const { signal } = new RequestContext(request, undefined);
  request.response.close();
  expect(signal.reason).toMatchObject({ name: 'AbortError', message: 'the client closed the connection' });
  expect(isHangUp(signal.reason)).toBe(true);
  // A log shows it for each client that hangs up.
  expect((signal.reason as Error).stack).toBe('AbortError: the client closed the connection');
  for (const other of [AbortSignal.abort().reason, new Error('other'), 'AbortError', null, undefined])
    expect(isHangUp(other)).toBe(false);
});

it('knows the reason of another copy of this package', () => {
  const foreign = Object.assign(new Error('gone'), { [Symbol.for('@pass-dcr/core/hangUp')]: true });
  expect(isHangUp(foreign)).toBe(true);
});
