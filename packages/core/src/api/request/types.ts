export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The body and extra headers of `client.request`. */
export interface PassRequestInit {
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Sent as `application/json`. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>> | undefined;
}

/** A 2xx answer of Adobe Pass. */
export interface PassResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The parsed JSON body; `undefined` if the body is empty. */
  readonly body: unknown;
}
