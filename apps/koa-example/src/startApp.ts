import { createPass } from '@pass-dcr/core';
import { serve, type StartApp } from './service/index.js';
import { createApp } from './createApp.js';

export const startApp: StartApp = async ({ passOptions, ...parts }) => {
  const pass = createPass(passOptions);
  const server = await serve(createApp(pass, parts).callback(), parts.settings.port);
  return {
    port: server.port,
    async close() {
      await server.close();
      await pass.close();
    },
  };
};
