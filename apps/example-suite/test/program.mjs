import { createServer } from 'node:http';
import { runProgram } from '../../express-example/dist/service/index.js';

const { NEVER_CLOSES, SHUTDOWN_LIMIT_MS = '20000' } = process.env;

/** An app without routes, which closes at once or never. */
runProgram(
  async () => {
    const server = createServer().listen(0);
    return {
      port: 1,
      close: () =>
        NEVER_CLOSES === undefined
          ? new Promise((resolve) => server.close(() => resolve()))
          : new Promise(() => {}),
    };
  },
  { shutdownLimitMs: Number(SHUTDOWN_LIMIT_MS) },
);
