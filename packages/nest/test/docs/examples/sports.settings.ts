import { Injectable } from '@nestjs/common';
import type { PassModuleOptions } from '../../../src/index.js';
import { PassSettings } from './pass.settings.js';

@Injectable()
export class SportsSettings extends PassSettings {
  override createPassOptions(): PassModuleOptions {
    return super.createPassOptions();
  }
}
