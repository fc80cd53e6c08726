import { Injectable } from '@nestjs/common';
import { fileCache } from '@pass-dcr/file-cache';
import type { PassModuleOptions, PassOptionsFactory } from '../../../src/index.js';
import { verifyDeviceToken } from './verifyDeviceToken.js'; // yours

@Injectable()
export class PassSettings implements PassOptionsFactory {
  createPassOptions(): PassModuleOptions {
    return {
      environment: 'release-production',
      softwareStatement: process.env['PASS_SOFTWARE_STATEMENT'] ?? '',
      serviceProvider: 'REF30',
      application: 'tv',
      cache: fileCache({ path: '/var/lib/my-service/pass' }),
      secret: process.env['PASS_SECRET'],
      device: (request) => verifyDeviceToken(request.headers.authorization),
    };
  }
}
