import { createHash } from 'node:crypto';

export interface Script {
  readonly text: string;
  readonly sha1: string;
}

function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/**
 * The one write. KEYS[1]; ARGV: the expected version, empty for absent; the new version and the new value, both empty for
 * a deletion; milliseconds to live, 0 for ever.
 *
 * Answers `stored`, `absent` (a conflict with nothing), or `=` and what is there. A command that the driver sends twice
 * finds its own version there, or finds nothing left to delete: that is success. What lives for ever is then written once
 * more, so that a WAIT behind the second sending has a write to wait for. GET comes first and fails for a key of another
 * type, so nothing of anybody else's is overwritten. What is shorter than a version is not of this cache; it is
 * padded here as `storedValue.ts` does, so that it can be named, shown and deleted.
 */
export const swapScript: Script = script(
  `local current = redis.call('GET', KEYS[1])
local version = ''
if current then version = string.sub(current .. string.rep('?', 16 - #current), 1, 16) end
if version ~= ARGV[1] then
  if not current then
    if ARGV[2] == '' then return 'stored' end
    return 'absent'
  end
  if version ~= ARGV[2] then return '=' .. current end
  if ARGV[4] ~= '0' then return 'stored' end
end
if ARGV[2] == '' then
  if current then redis.call('DEL', KEYS[1]) end
elseif ARGV[4] == '0' then redis.call('SET', KEYS[1], ARGV[2] .. ARGV[3])
else redis.call('SET', KEYS[1], ARGV[2] .. ARGV[3], 'PX', ARGV[4]) end
return 'stored'`,
);

/** Writes the second text in the place of the first, which may be the same, if that is what stands there. */
export const rewriteScript: Script = script(
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'changed' end
redis.call('SET', KEYS[1], ARGV[2])
return 'stored'`,
);

/**
 * The strong read. A script where MGET would do for two reasons: a client that is set to read from replicas sends every
 * script to the primary; and MGET says of a key of another type that it is absent, where GET fails.
 */
export const readScript: Script = script(
  `local values = {}
for index, key in ipairs(KEYS) do values[index] = redis.call('GET', key) end
return values`,
);
