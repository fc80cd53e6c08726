/** A command of the cache in short: what it does, and the last part of each key. */
export function toldOf([command = '', ...args]: readonly string[]): string {
  switch (command.toLowerCase()) {
    case 'mget':
      return `read ${args.map(aboutOf).join(' ')}`;
    case 'eval':
    case 'evalsha': {
      const [, count = '0', ...rest] = args;
      const keys = rest.slice(0, Number(count));
      const [expected, version, value] = rest.slice(Number(count));
      const verb =
        expected === undefined ? 'strong read' : version === '' && value === '' ? 'delete' : 'write';
      return `${verb} ${keys.map(aboutOf).join(' ')}`;
    }
    default:
      return command.toLowerCase();
  }
}

/** `pass-dcr:lo:tv:{…}:c` is about `c`, `…:tv:address:…` about `address`. */
function aboutOf(key: string): string {
  const [, , , about = '', kind = ''] = key.split(':');
  return about.startsWith('{') ? kind : about;
}
