import { Injectable, type PipeTransform } from '@nestjs/common';
import { platformIdIn } from '@pass-dcr/example-kit';

@Injectable()
export class PlatformIdPipe implements PipeTransform<unknown, string | undefined> {
  transform(platformId: unknown): string | undefined {
    return platformIdIn({ platformId });
  }
}
