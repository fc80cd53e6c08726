import { Injectable, type PipeTransform } from '@nestjs/common';
import { platformIdIn } from './service/index.js';

@Injectable()
export class PlatformIdPipe implements PipeTransform<unknown, string | undefined> {
  transform(platformId: unknown): string | undefined {
    return platformIdIn({ platformId });
  }
}
