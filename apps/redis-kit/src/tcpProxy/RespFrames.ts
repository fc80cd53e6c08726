/** One request or reply that is complete. */
export interface RespFrame {
  /** In capitals; `undefined` for a reply. */
  readonly command: string | undefined;
  /** Out of turn: RESP3's push data, which answers no request. */
  readonly isPush: boolean;
  /** Where it ends in the chunk that completed it. */
  readonly endInChunk: number;
}

/**
 * Finds requests and replies in one direction of a connection, as far as is needed to count them.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export class RespFrames {
  #rest: Buffer = Buffer.alloc(0);

  /** Whether the bytes so far end inside of a frame. */
  get isInsideFrame(): boolean {
    return this.#rest.length > 0;
  }

  push(chunk: Buffer): readonly RespFrame[] {
    const before = this.#rest.length;
    const bytes = before === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: RespFrame[] = [];
    let start = 0;
    for (let end = endOf(bytes, 0); end !== undefined; end = endOf(bytes, start)) {
      frames.push({
        command: commandIn(bytes.subarray(start, end)),
        isPush: bytes[start] === types.push,
        endInChunk: end - before,
      });
      start = end;
    }
    this.#rest = bytes.subarray(start);
    return frames;
  }
}

const types = {
  bulkString: 0x24, // $
  bulkError: 0x21, // !
  verbatimString: 0x3d, // =
  array: 0x2a, // *
  set: 0x7e, // ~
  push: 0x3e, // >
  map: 0x25, // %
  attribute: 0x7c, // |
} as const;

const lineBreak = '\r\n';

/** Where the value that starts there ends; `undefined` where it is not complete. */
function endOf(bytes: Buffer, start: number): number | undefined {
  const lineEnd = bytes.indexOf(lineBreak, start);
  if (lineEnd === -1) return undefined;
  const next = lineEnd + lineBreak.length;
  const length = (): number => Math.max(-1, Number(bytes.toString('latin1', start + 1, lineEnd)));
  switch (bytes[start]) {
    case types.bulkString:
    case types.bulkError:
    case types.verbatimString: {
      const end = length() === -1 ? next : next + length() + lineBreak.length;
      return end <= bytes.length ? end : undefined;
    }
    case types.array:
    case types.set:
    case types.push:
      return endOfMany(bytes, next, length());
    case types.map:
      return endOfMany(bytes, next, 2 * length());
    case types.attribute:
      // It belongs to the value that follows.
      return endOfMany(bytes, next, 2 * length() + 1);
    default:
      return next;
  }
}

function endOfMany(bytes: Buffer, start: number, count: number): number | undefined {
  let end: number | undefined = start;
  for (let left = count; left > 0 && end !== undefined; left -= 1) end = endOf(bytes, end);
  return end;
}

/** `*2\r\n$3\r\nGET\r\n…` */
function commandIn(frame: Buffer): string | undefined {
  const [, name] = /^\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n/.exec(frame.toString('latin1', 0, 64)) ?? [];
  return name?.toUpperCase();
}
