export { getPass } from './getPass.js';
export { passErrorHandler, type PassErrorHandlerOptions } from './passErrorHandler.js';
export { passMiddleware, type PassMiddlewareOptions } from './passMiddleware.js';
