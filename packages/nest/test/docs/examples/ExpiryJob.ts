import { Inject, Injectable } from '@nestjs/common';
import { PassService } from '../../../src/index.js';

@Injectable()
export class ExpiryJob {
  constructor(@Inject(PassService) private readonly passService: PassService) {}

  async expiryOf(identifier: string): Promise<number> {
    const profiles = await this.passService.client({ identifier }).profiles.all();
    return Math.min(...profiles.map(({ notAfter }) => notAfter));
  }
}
