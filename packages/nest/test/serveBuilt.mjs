// What every program of built.slow.test.ts does, without decorator syntax: as an application that any compiler has made.

/** @param {{ common: typeof import('@nestjs/common'), core: typeof import('@nestjs/core'), nest: typeof import('../src/index.js'), pass: typeof import('@pass-dcr/core') }} loaded */
export async function serve({ common, core, nest, pass }) {
  class TvController {
    /** @param {import('@pass-dcr/core').PassClient} client */
    async me(client) {
      return await client.profiles.all();
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(TvController.prototype, 'me') ?? {};
  nest.Pass()(TvController.prototype, 'me', 0);
  common.Get('me')(TvController.prototype, 'me', descriptor);
  common.Controller()(TvController);

  class AppModule {
    configure() {}
  }
  common.Module({
    imports: [
      nest.PassModule.forRoot({
        environment: 'local',
        baseUrl: process.env['SIMULATOR'] ?? '',
        softwareStatement: process.env['STATEMENT'] ?? '',
        serviceProvider: 'REF30',
        cache: pass.memoryCache(),
        device: pass.deviceFromHeaders(),
      }),
    ],
    controllers: [TvController],
  })(AppModule);

  const app = await core.NestFactory.create(AppModule, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  const headers = { 'ap-device-identifier': 'fingerprint dHYtMQ==' };
  const [known, unknown] = [
    await fetch(`${await app.getUrl()}/me`, { headers }),
    await fetch(`${await app.getUrl()}/me`),
  ];
  const answers = [known.status, await known.json(), unknown.status];
  await app.close();
  process.stdout.write(JSON.stringify(answers));
}
