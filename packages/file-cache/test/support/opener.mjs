// A process that does what LMDB does when it opens a folder, and no more: it reads the number of the last transaction from
// the data file, and later writes it to where all processes look for it. The pause between is as long as the test wants.
import { openSync, readSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const [path, pauseMs] = process.argv.slice(2);
const data = openSync(`${path}/data.mdb`, 'r');
const lock = openSync(`${path}/lock.mdb`, 'r+');

function lastNumber() {
  const pages = Buffer.alloc(8192);
  readSync(data, pages, 0, pages.length, 0);
  // Each of the two meta pages: the number stands 128 bytes after the mark, which stands 24 bytes after its beginning.
  const numbers = [24, 4120].map((mark) => pages.readBigUInt64LE(mark + 128));
  return numbers[0] > numbers[1] ? numbers[0] : numbers[1];
}

function setBack(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(number);
  writeSync(lock, bytes, 0, bytes.length, 8);
}

if (pauseMs === undefined) {
  const number = lastNumber();
  process.on('message', () => {
    setBack(number);
    process.send('done');
  });
} else {
  void (async () => {
    for (;;) {
      const number = lastNumber();
      await setTimeout(Math.random() * Number(pauseMs));
      setBack(number);
    }
  })();
}
process.on('disconnect', () => process.exit());
process.send('ready');
