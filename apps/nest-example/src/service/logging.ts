import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { passEventChannel, type PassEvent } from '@pass-dcr/core';
import type { Logger } from 'pino';

/** A request of any framework here, or Koa's context. */
export interface LoggedRequest {
  readonly method: string;
  readonly originalUrl: string;
}

/** What a log may show of a request: neither the query nor a header, which can hold tokens and identifiers. */
function shown({ method, originalUrl }: LoggedRequest): { readonly method: string; readonly path: string } {
  return { method, path: originalUrl.split('?', 1).join() };
}

/** Logs one line once the request has its answer. */
export function logRequest(
  log: Pick<Logger, 'info'>,
  request: LoggedRequest,
  response: ServerResponse,
): void {
  const about = shown(request);
  const startedAt = performance.now();
  response.once('close', () => {
    const durationMs = Math.round(performance.now() - startedAt);
    const { statusCode, writableFinished } = response;
    log.info({ ...about, status: writableFinished ? statusCode : 'aborted', durationMs }, 'request');
  });
}

/** Logs an error that was answered with 500. */
export function logFailure(log: Logger, request: LoggedRequest, error: unknown): void {
  const known =
    error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : {};
  log.error({ ...shown(request), error: known }, 'request failed');
}

/** Logs what the library reports; each exchange with Adobe Pass only for whoever looks closely. Events carry a keyed hash of the device identifier, never itself. */
export function logPassEvents(log: Logger): () => void {
  const listen = (message: unknown): void => {
    const event = message as PassEvent;
    if (event.type === 'warning' || event.type === 'requestFailed') log.warn({ event }, 'pass');
    else if (event.type === 'upstreamAnswered') log.debug({ event }, 'pass');
    else log.info({ event }, 'pass');
  };
  subscribe(passEventChannel, listen);
  return () => void unsubscribe(passEventChannel, listen);
}
