import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { passEventChannel, type PassEvent } from '@pass-dcr/core';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';

/** One line per request. The path has no query, and no header is logged: these can hold tokens and identifiers. */
export function logRequests(log: Logger): RequestHandler {
  return (req, res, next) => {
    const { method, path } = req;
    const startedAt = performance.now();
    res.once('close', () => {
      const durationMs = Math.round(performance.now() - startedAt);
      const { statusCode, writableFinished } = res;
      log.info({ method, path, status: writableFinished ? statusCode : 'aborted', durationMs }, 'request');
    });
    next();
  };
}

/** What nobody else answered: the log has the details, the device has none. */
export function logError(log: Logger): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent || res.destroyed) {
      next(error);
      return;
    }
    const given = (error as { readonly status?: unknown } | null)?.status;
    // body-parser and others put a status of the caller's fault on their errors.
    const status = typeof given === 'number' && given >= 400 && given < 500 ? given : 500;
    const known =
      error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : {};
    if (status === 500) log.error({ method: req.method, path: req.path, error: known }, 'request failed');
    res
      .status(status)
      .json({ title: status === 500 ? 'Internal error.' : 'The request cannot be read.', status });
  };
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
