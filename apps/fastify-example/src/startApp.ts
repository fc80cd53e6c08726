import { createPass } from '@pass-dcr/core';
import { connectionsOf, portOf, type StartApp } from './service/index.js';
import { createApp } from './createApp.js';

export const startApp: StartApp = async ({ passOptions, ...parts }) => {
  const pass = createPass(passOptions);
  const app = createApp(pass, parts);
  const endConnections = connectionsOf(app.server);
  app.addHook('preClose', async () => endConnections());
  app.addHook('onClose', async () => await pass.close());
  await app.listen({ port: parts.settings.port, host: '0.0.0.0' });
  return { port: portOf(app.server), close: async () => await app.close() };
};
