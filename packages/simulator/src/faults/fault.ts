import type { EndpointName } from '../ground/endpointName.js';

/**
 * Real milliseconds. A list gives the n-th affected request its n-th number and starts over at the end;
 * a function (only inside the process) gets n, from 0.
 */
export type Delay = number | readonly number[] | ((index: number) => number);

/** What goes wrong. Timing members combine with any one of the outcomes; without an outcome the answer is the normal one. */
export type FaultEffect = FaultTiming & FaultOutcome;

export interface FaultTiming {
  /** The request is looked at only after this time: its effect comes late, and so does the answer. */
  readonly delayMs?: Delay;
  /** The request takes effect at once; only the answer is late. */
  readonly answerDelayMs?: Delay;
  /** Added to the `Date` header, and to `created_at` and `client_id_issued_at`: the server's clock is wrong. */
  readonly dateSkewMs?: number;
  /** The body trickles at this rate, after headers sent at once. */
  readonly slowBodyBytesPerSecond?: number;
}

/** At most one of these. */
export type FaultOutcome =
  | NormalOutcome
  /** This status instead, and this body, if one is given. */
  | (Outcome<'status', number> & { readonly body?: unknown } & Scripted)
  /** This body instead, with 200: text, or any JSON value. */
  | (NormalOutcome & { readonly body: unknown } & Scripted)
  /** Decisions: each resource is answered with this code instead, within a 200. */
  | (Outcome<'itemError', string> & {
      /** Default: all that are asked for. */
      readonly resources?: readonly string[];
      /** What the MVPD wants the viewer to know. */
      readonly details?: string;
    })
  /** Adobe's answer with this code, shaped as the endpoint shapes its errors: `invalid_client`, `internal_server_error`. */
  | (Outcome<'error', string> & { readonly processed?: boolean })
  /** The connection breaks `'before'` the request takes effect, or `'after'` it has: a lost response. */
  | Outcome<'drop', 'before' | 'after'>
  /** 200 with an HTML page, as from a captive portal or a gateway. */
  | (Outcome<'html', true> & { readonly processed?: boolean })
  /** The real answer, cut in the middle. */
  | Outcome<'truncatedJson', true>
  /** 200 with a JSON body of this many bytes, at most 100 000 000. */
  | (Outcome<'bodyBytes', number> & { readonly processed?: boolean })
  /** The throttle's 429, although the allowance is not used up. */
  | Outcome<'throttle', true>;

type OutcomeName =
  'status' | 'error' | 'itemError' | 'drop' | 'html' | 'truncatedJson' | 'bodyBytes' | 'throttle';
type Outcome<Name extends OutcomeName, Value> = { readonly [N in Name]: Value } & {
  readonly [N in Exclude<OutcomeName, Name>]?: never;
};
interface Scripted {
  /** Default: JSON for a JSON value, `text/html` for text. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly processed?: boolean;
}
type NormalOutcome = { readonly [N in OutcomeName]?: never };

export interface Fault {
  /** Default `'*'`: all simulated endpoints. */
  readonly endpoint?: EndpointName | '*';
  /** Decoded device identifier. DCR requests carry none; use `forwardedFor` there. */
  readonly device?: string;
  /** First element of `X-Forwarded-For`. */
  readonly forwardedFor?: string;
  /** The pair in a token request, or that of the bearer token. */
  readonly clientId?: string;
  /** How many requests it hits. Default 1; `Infinity` (over HTTP: `"unlimited"`) until removed. */
  readonly count?: number;
  /** Lets this many matching requests pass first. Default 0. */
  readonly skip?: number;
  readonly effect: FaultEffect;
}

export interface FaultHandle {
  readonly id: string;
  /** How many requests it has hit. */
  readonly used: number;
  /** From now on it hits none. Removing twice does no harm. */
  remove(): void;
}

export interface FaultSummary {
  readonly id: string;
  readonly endpoint: EndpointName | '*';
  readonly used: number;
  /** null: unlimited. */
  readonly remaining: number | null;
}
