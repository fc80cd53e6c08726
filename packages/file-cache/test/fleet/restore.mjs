// Puts the entries of a backup into a folder that processes have open, in one transaction, as `mdb_load` does.
import { open } from 'lmdb';

const [backupPath, livePath] = process.argv.slice(2);

function entriesOf(path) {
  const root = open({ path, noSubdir: false, maxDbs: 2, encoding: 'binary' });
  return { root, entries: root.openDB('entries', { encoding: 'binary' }) };
}

const backup = entriesOf(backupPath);
const live = entriesOf(livePath);
live.entries.transactionSync(() => {
  for (const key of [...live.entries.getKeys()]) live.entries.removeSync(key);
  for (const { key, value } of backup.entries.getRange()) live.entries.putSync(key, value);
});
await live.entries.flushed;
await backup.root.close();
await live.root.close();
