import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { passEventChannel, type PassEvent } from '@pass-dcr/core';
import type { Logger } from 'pino';

/** What a log may show of a request. The path has no query, which can hold tokens, as can headers. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
}

/** Logs one line once the request has its answer. */
export function logRequest(
  log: Pick<Logger, 'info'>,
  { method, path }: LoggedRequest,
  response: ServerResponse,
): void {
  const startedAt = performance.now();
  response.once('close', () => {
    const durationMs = Math.round(performance.now() - startedAt);
    const { statusCode, writableFinished } = response;
    log.info({ method, path, status: writableFinished ? statusCode : 'aborted', durationMs }, 'request');
  });
}

/** Logs an error that was answered with 500. */
export function logFailure(log: Logger, { method, path }: LoggedRequest, error: unknown): void {
  const known =
    error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : {};
  log.error({ method, path, error: known }, 'request failed');
}

/** Logs what the library reports. Events carry a keyed hash of the device identifier, never itself. */
export function logPassEvents(log: Logger): () => void {
  const listen = (message: unknown): void => {
    const event = message as PassEvent;
    if (event.type === 'warning' || event.type === 'requestFailed') log.warn({ event }, 'pass');
    else log.info({ event }, 'pass');
  };
  subscribe(passEventChannel, listen);
  return () => void unsubscribe(passEventChannel, listen);
}
