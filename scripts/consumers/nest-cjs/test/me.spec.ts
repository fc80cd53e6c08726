import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AppModule } from '../src/app.module';

let app: INestApplication;

beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  app = module.createNestApplication();
  await app.listen(0);
});

afterAll(() => app.close());

const ask = async (headers: Record<string, string>) => await fetch(`${await app.getUrl()}/me`, { headers });

it('answers a device that has signed in', async () => {
  const answer = await ask({ 'AP-Device-Identifier': process.env.DEVICE_HEADER ?? '' });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject([{ mvpd: 'Cablevision' }]);
});

it('refuses a request without a device', async () => {
  const answer = await ask({});
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'device_missing' });
});
