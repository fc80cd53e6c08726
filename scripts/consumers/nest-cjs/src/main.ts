import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  await app.listen(0);
  console.log(`listening on ${app.getHttpServer().address().port}`);
}
void bootstrap();
