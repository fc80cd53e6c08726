import type { Pass } from '@pass-dcr/core';
import { startUpstream } from '@pass-dcr/example-kit/testing';

export const upstream = await startUpstream();

export const pass: Pass = upstream.pass;
