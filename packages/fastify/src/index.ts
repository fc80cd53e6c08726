export { getPass } from './getPass.js';
export { passErrorHandler } from './passErrorHandler.js';
export { passPlugin, type PassPluginOptions } from './passPlugin.js';
