import { statfsSync } from 'node:fs';
import { statfs, stat } from 'node:fs/promises';
import type { CacheFinding } from '@pass-dcr/core';
import { FileReplaced } from './DataFile.js';
import { reasonOf } from './reasonOf.js';

/** `f_type` of statfs(2) on Linux: where file locks and shared memory do not reach the other processes. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x01021997, '9p'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x65735546, 'FUSE'],
]);

/** What ends with the machine, or with the container. */
const passingFileSystems: ReadonlyMap<number, string> = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
  [0x794c7630, 'overlayfs'],
]);

/** What an operator should know about the folder of a file cache. */
export async function folderFindings(path: string): Promise<readonly CacheFinding[]> {
  const [{ type, bavail, bsize }, { mode }] = await Promise.all([statfs(path), stat(path)]);
  return [
    ...fileSystemFindings(path, type),
    ...roomFindings(path, bavail * bsize),
    ...modeFindings(path, mode),
  ];
}

/** Whether what was flushed into the folder is there after a power cut, as far as its file system tells. */
export function keepsThroughPowerCut(path: string): boolean {
  if (process.platform !== 'linux') return true;
  const type = statfsSync(path).type >>> 0;
  return !passingFileSystems.has(type) && !networkFileSystems.has(type);
}

/** `failure`: of the last write. */
export function writeFindings(failure: unknown): readonly CacheFinding[] {
  if (failure === null) return [];
  if (failure instanceof FileReplaced)
    return [{ level: 'error', code: 'file_cache_replaced', message: `${failure.message}.` }];
  const message = `The last write failed (${reasonOf(failure)}): no new device can be registered until one succeeds.`;
  return [{ level: 'error', code: 'file_cache_write_failed', message }];
}

/** @internal */
export function fileSystemFindings(
  path: string,
  type: number,
  platform: string = process.platform,
): readonly CacheFinding[] {
  if (platform === 'win32' && path.startsWith('\\\\')) return [onNetwork(path, 'a network share')];
  if (platform !== 'linux') return [];
  // The kernel's number is signed on some machines.
  const unsigned = type >>> 0;
  const network = networkFileSystems.get(unsigned);
  if (network !== undefined) return [onNetwork(path, network)];
  const passing = passingFileSystems.get(unsigned);
  if (passing === undefined) return [];
  return [
    {
      level: 'warning',
      code: 'file_cache_not_durable',
      message: `${path} is on ${passing}: it is gone with the machine or the container, and every device then registers anew. Use a folder on a disk or a volume.`,
    },
  ];
}

function onNetwork(path: string, kind: string): CacheFinding {
  return {
    level: 'error',
    code: 'file_cache_on_network',
    message: `${path} is on ${kind}: its locks may not hold, and the file can be damaged. Use a folder on a local disk, or a shared cache.`,
  };
}

function roomFindings(path: string, freeBytes: number): readonly CacheFinding[] {
  const freeMiB = Math.floor(freeBytes / 1024 ** 2);
  if (freeMiB >= 512) return [];
  const message = `${path} has ${freeMiB} MiB left: once it is full, no new device can be registered.`;
  return [{ level: 'warning', code: 'file_cache_disk_nearly_full', message }];
}

function modeFindings(path: string, mode: number): readonly CacheFinding[] {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return [];
  const message = `${path} is open to other users (mode ${(mode & 0o777).toString(8)}): the records are sealed, but anybody who may write can delete them. Use mode 700.`;
  return [{ level: 'info', code: 'file_cache_folder_open', message }];
}
