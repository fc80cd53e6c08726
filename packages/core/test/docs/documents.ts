import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The documents that the tests in this folder watch. */
export const documents = [
  'README.md',
  'docs/errors.md',
  'docs/operations.md',
  'docs/request-path.md',
  'packages/core/README.md',
] as const;

export type DocumentPath = (typeof documents)[number];

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');
}

/** The fenced blocks of one language, without their fences. */
export function codeBlocks(markdown: string, language: string): readonly string[] {
  const fences = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return Array.from(markdown.matchAll(fences), ([, code = '']) => code);
}

export interface Link {
  readonly text: string;
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly anchor: string | undefined;
}

/** The links of a document to files of the repository. */
export function localLinks(document: string): readonly Link[] {
  const links = readText(document).matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g);
  return Array.from(links, ([, text = '', target = '']) => ({ text, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .map(({ text, target }) => {
      const [path = '', anchor] = target.split('#', 2);
      return { text, path: path === '' ? document : join(dirname(document), path), anchor };
    });
}

/** What is wrong with a link: no such file, no such heading, or a name in code that the file does not hold. */
export function brokenLink({ text, path, anchor }: Link): string | undefined {
  if (!existsSync(join(root, path))) return `${path} does not exist`;
  if (anchor !== undefined && !headings(readText(path)).includes(anchor))
    return `${path} has no heading #${anchor}`;
  const [, name] = /^`(\w+)(?:\(\))?`$/.exec(text) ?? [];
  if (name === undefined || !path.endsWith('.ts')) return undefined;
  return new RegExp(`\\b${name}\\b`).test(readText(path)) ? undefined : `${path} does not hold ${name}`;
}

/** Headings as GitHub turns them into anchors. */
function headings(markdown: string): readonly string[] {
  return Array.from(markdown.matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

const regionOf = (name: string): RegExp =>
  new RegExp(`(<!-- begin ${name}[^>]*-->\\n)([\\s\\S]*?)(<!-- end ${name} -->)`);

/** What stands between the two comments that mark a generated part of a document. */
export function readRegion(document: DocumentPath, name: string): string {
  const [, , content] = regionOf(name).exec(readText(document)) ?? [];
  if (content === undefined)
    throw new Error(`${document} has no <!-- begin ${name} --> … <!-- end ${name} -->`);
  return content;
}

export function writeRegion(document: DocumentPath, name: string, content: string): void {
  readRegion(document, name);
  const text = readText(document).replace(
    regionOf(name),
    (_, begin: string, __, end: string) => begin + content + end,
  );
  writeFileSync(join(root, document), text);
}
