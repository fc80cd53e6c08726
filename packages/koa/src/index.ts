export { getPass } from './getPass.js';
export { passErrorHandler } from './passErrorHandler.js';
export { passMiddleware, type PassMiddlewareOptions } from './passMiddleware.js';
