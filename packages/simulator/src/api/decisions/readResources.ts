import { isMembers } from '../device/deviceInfo.js';

/** The ids as they were sent, or undefined if the body is not `{"resources": ["…"]}` with at least one. */
export function readResources(body: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const resources = isMembers(value) ? value['resources'] : undefined;
    return Array.isArray(resources) && resources.length > 0 && resources.every(isResource)
      ? (resources as string[])
      : undefined;
  } catch {
    return undefined;
  }
}

function isResource(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
