import { memoryCache } from '@pass-dcr/core';
import { describe, expect, it } from 'vitest';
import { cacheConformance } from '@pass-dcr/conformance';

describe('memoryCache', () => {
  cacheConformance({ it: it.concurrent, expect, create: memoryCache });
});
