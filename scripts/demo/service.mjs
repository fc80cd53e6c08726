import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { root } from './folders.mjs';
import { json, text } from './json.mjs';
import { start } from './programs.mjs';

/** @typedef {import('./readArguments.mjs').Framework} Framework */
/** @typedef {Awaited<ReturnType<typeof startService>>} Service */

/** One proxy is in front of the services. Koa knows proxies by their number alone, Fastify by their addresses. */
const trustedProxies = { express: 'loopback', koa: '1', nest: 'loopback', fastify: 'loopback' };

/** @param {Framework} framework @param {Record<string, string>} env @param {(line: string) => void} [show] */
export async function startService(framework, env, show) {
  const service = await start(
    `the service with ${framework}`,
    join(root, `apps/${framework}-example/dist/main.js`),
    [],
    { TRUST_PROXY: trustedProxies[framework], ...env },
    (line) => /"port":(\d+).*"listening"/.exec(line)?.[1],
    show,
  );
  return { ...service, port: Number(service.found), url: `http://127.0.0.1:${service.found}` };
}

/** @param {string} platformId the device identifier that the example derives from it */
export const deviceOf = (platformId) => createHash('sha256').update(platformId).digest('hex');

/** @param {string} serviceUrl @param {string} platformId @returns {Promise<string>} a device's token */
export async function issueDeviceToken(serviceUrl, platformId) {
  return text((await json(`${serviceUrl}/api/device`, { platformId })).deviceToken, 'deviceToken');
}

/**
 * What a device asks its service.
 * @param {string} url @param {string} token @param {string} address the device's @param {object} [body] a POST where given
 */
export async function ask(url, token, address, body) {
  return await json(url, body, { Authorization: `Bearer ${token}`, 'X-Forwarded-For': address });
}
