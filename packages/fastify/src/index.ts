export { getPass } from './getPass.js';
export { passErrorHandler, type PassErrorHandlerOptions } from './passErrorHandler.js';
export { passPlugin, type PassPluginOptions } from './passPlugin.js';
