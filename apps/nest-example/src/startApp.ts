import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { connectionsOf, portOf, type StartApp } from './service/index.js';
import { AppModule } from './app.module.js';
import { PinoLogger } from './pino.logger.js';

export const startApp: StartApp = async (parts) => {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.register(parts), {
    logger: new PinoLogger(parts.log),
    bodyParser: false,
    // Else Nest ends the process by itself.
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.set('trust proxy', parts.settings.trustProxy);
  app.useBodyParser('json', { limit: '1kb' });
  const server: Server = app.getHttpServer();
  const endConnections = connectionsOf(server);
  await app.listen(parts.settings.port);
  return {
    port: portOf(server),
    async close() {
      endConnections();
      await app.close();
    },
  };
};
