import { describe, expect, it } from 'vitest';
import { judge, type Attempt } from '../../src/api/judge.js';
import type { Failed } from '../../src/upstream/Upstream.js';
import { defaultTiming } from '../../src/timing.js';

const timing = defaultTiming.calls;

type Failure = Extract<Failed, { readonly kind: 'failed' }>['failure'];

const first: Attempt = {
  method: 'GET',
  endpoint: 'profiles',
  replayed: false,
  retries: 0,
  remainingMs: 15_000,
  random: 0.5,
};

const refused = (status: number, code?: string, action?: string): Failure => ({
  kind: 'refused',
  status,
  adobe: { status, ...(code === undefined ? {} : { code }), ...(action === undefined ? {} : { action }) },
});
const throttled = (waitMs: number): Failed => ({ kind: 'throttled', status: 429, waitMs });
const failing: Failure = { kind: 'failing', status: 503 };
const lost = (mayBeProcessed: boolean): Failure => ({
  kind: 'unreachable',
  reason: 'connection',
  mayBeProcessed,
  message: 'the connection was lost',
});
const tooLarge: Failure = { ...lost(true), reason: 'too_large' } as Failure;
const html: Failure = { kind: 'invalid_response', status: 200, contentType: 'text/html', length: 7 };

const failed = (failure: Failure): Failed => ({ kind: 'failed', failure });

const misfit = 'invalid_access_token_service_provider';

interface Row {
  readonly behaviour: string;
  readonly failed: Failed;
  readonly attempt?: Partial<Attempt>;
  readonly expected: string;
}

const rows: readonly Row[] = [
  {
    behaviour: 'a first 401 asks for another token',
    failed: failed(refused(401)),
    expected: 'refreshAndReplay',
  },
  {
    behaviour: 'a first 401 about the application asks for another token too',
    failed: failed(refused(401, misfit, 'application-registration')),
    expected: 'refreshAndReplay',
  },
  {
    behaviour: 'a POST is replayed after a 401, which was refused before it took effect',
    failed: failed(refused(401)),
    attempt: { method: 'POST' },
    expected: 'refreshAndReplay',
  },
  {
    behaviour: 'a second 401 is the end',
    failed: failed(refused(401)),
    attempt: { replayed: true },
    expected: 'fail access_token_rejected',
  },
  {
    behaviour: 'a second 401 about the application is a matter of configuration',
    failed: failed(refused(401, misfit)),
    attempt: { replayed: true },
    expected: 'fail application_not_accepted',
  },
  {
    behaviour: 'an unknown code with the action of the application counts as one',
    failed: failed(refused(401, 'something_new', 'application-registration')),
    attempt: { replayed: true },
    expected: 'fail application_not_accepted',
  },
  {
    behaviour: 'a 429 waits as long as the gate says',
    failed: throttled(1_100),
    expected: 'wait 1100',
  },
  {
    behaviour: 'a 429 of a POST waits too: it was not processed',
    failed: throttled(1_100),
    attempt: { method: 'POST' },
    expected: 'wait 1100',
  },
  {
    behaviour: 'a wait beyond the deadline fails at once',
    failed: throttled(1_100),
    attempt: { remainingMs: 1_099 },
    expected: 'fail upstream_throttled after 1100',
  },
  {
    behaviour: 'a wait that ends with the deadline is still one',
    failed: throttled(1_100),
    attempt: { remainingMs: 1_100 },
    expected: 'wait 1100',
  },
  {
    behaviour: 'a turn that comes too late fails at once, and nobody answered',
    failed: { kind: 'throttled', status: null, waitMs: 20_000 },
    expected: 'fail upstream_throttled after 20000',
  },
  {
    behaviour: 'a third 429 is the end',
    failed: throttled(1_000),
    attempt: { retries: 2 },
    expected: 'fail upstream_throttled after 1000',
  },
  { behaviour: 'a failing service is asked again', failed: failed(failing), expected: 'wait 300' },
  {
    behaviour: 'the second wait is twice as long',
    failed: failed(failing),
    attempt: { retries: 1 },
    expected: 'wait 600',
  },
  { behaviour: 'the shortest wait', failed: failed(failing), attempt: { random: 0 }, expected: 'wait 200' },
  {
    behaviour: 'a third failure is the end',
    failed: failed(failing),
    attempt: { retries: 2 },
    expected: 'fail upstream_unavailable',
  },
  {
    behaviour: 'a POST that a failing service may have carried out is not repeated',
    failed: failed(failing),
    attempt: { method: 'POST' },
    expected: 'fail upstream_unavailable',
  },
  {
    behaviour: 'a back-off beyond the deadline fails at once',
    failed: failed(failing),
    attempt: { remainingMs: 299 },
    expected: 'fail upstream_unavailable',
  },
  { behaviour: 'a lost GET is repeated', failed: failed(lost(true)), expected: 'wait 300' },
  {
    behaviour: 'a lost POST that may be processed is not repeated',
    failed: failed(lost(true)),
    attempt: { method: 'POST' },
    expected: 'fail upstream_unavailable',
  },
  {
    behaviour: 'a POST that never left is repeated',
    failed: failed(lost(false)),
    attempt: { method: 'POST' },
    expected: 'wait 300',
  },
  {
    behaviour: 'a body that is too large stays so',
    failed: failed(tooLarge),
    expected: 'fail upstream_response_invalid',
  },
  {
    behaviour: 'an HTML page with status 200 is no answer',
    failed: failed(html),
    expected: 'fail upstream_response_invalid',
  },
  {
    behaviour: 'a 403 that asks for a retry is repeated',
    failed: failed(refused(403, 'network_received_error', 'retry')),
    expected: 'wait 300',
  },
  {
    behaviour: 'the code decides before the action',
    failed: failed(refused(403, 'network_connection_timeout', 'none')),
    expected: 'wait 300',
  },
  {
    behaviour: 'a POST is repeated where Adobe Pass asks for it',
    failed: failed(refused(403, 'maximum_execution_time_exceeded', 'retry')),
    attempt: { method: 'POST' },
    expected: 'wait 300',
  },
  {
    behaviour: 'a denial is final',
    failed: failed(refused(403, 'authorization_denied_by_mvpd', 'none')),
    expected: 'fail upstream_refused',
  },
  {
    behaviour: 'a missing profile is for the viewer to repair',
    failed: failed(refused(403, 'authenticated_profile_missing', 'authentication')),
    expected: 'fail upstream_refused, sign in',
  },
  {
    behaviour: 'a used-up temporary access too, whatever action the sample has',
    failed: failed(refused(403, 'temporary_access_duration_limit_exceeded', 'none')),
    expected: 'fail upstream_refused, sign in',
  },
  {
    behaviour: 'a refusal without a code is final',
    failed: failed(refused(405)),
    expected: 'fail upstream_refused',
  },
];

describe('judge', () => {
  it('delivers an answer', () => {
    expect(judge({ kind: 'answered', answer: 'profiles' }, first, timing)).toEqual({
      type: 'deliver',
      answer: 'profiles',
    });
  });

  it.each(rows)('$behaviour', ({ failed: outcome, attempt, expected }) => {
    expect(told(judge(outcome, { ...first, ...attempt }, timing))).toBe(expected);
  });

  it('keeps what Adobe Pass said', () => {
    const failure: Failure = {
      kind: 'refused',
      status: 403,
      adobe: { status: 412, code: 'brand_new', action: 'later', trace: 'abc' },
    };
    const verdict = judge(failed(failure), first, timing);
    expect(verdict).toMatchObject({
      error: { adobe: { status: 412, code: 'brand_new', action: 'later', trace: 'abc' }, status: 502 },
    });
  });

  it('calls a refusal retryable only where Adobe Pass asks for a retry', () => {
    const last = { ...first, retries: 2 };
    expect(judge(failed(refused(403, 'network_received_error')), last, timing)).toMatchObject({
      error: { code: 'upstream_refused', retryable: true },
    });
    expect(judge(failed(refused(403, 'authorization_denied_by_mvpd')), last, timing)).toMatchObject({
      error: { retryable: false },
    });
  });
});

function told(verdict: ReturnType<typeof judge>): string {
  switch (verdict.type) {
    case 'deliver':
    case 'refreshAndReplay':
      return verdict.type;
    case 'waitAndRetry':
      return `wait ${verdict.waitMs}`;
    case 'fail': {
      const { code, retryAfterMs, viewerMustSignIn } = verdict.error;
      return `fail ${code}${retryAfterMs === undefined ? '' : ` after ${retryAfterMs}`}${viewerMustSignIn ? ', sign in' : ''}`;
    }
  }
}
