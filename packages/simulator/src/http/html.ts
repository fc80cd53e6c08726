import { createHash } from 'node:crypto';

import { htmlReply, type Reply } from './reply.js';

export interface Page {
  readonly title: string;
  /** Below `<body>`, already escaped. */
  readonly body: string;
  readonly style?: string;
  readonly script?: string;
  /** Where its forms may lead, redirects included: browsers check those, too. Default: nowhere. */
  readonly formAction?: readonly string[];
}

/** A page that runs and loads nothing but what is given here. */
export function pageReply(
  status: number,
  { title, body, style, script, formAction = [] }: Page,
  headers: Reply['headers'] = {},
): Reply {
  const policy = [
    "default-src 'none'",
    ...(style === undefined ? [] : [`style-src '${hashOf(style)}'`]),
    ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`]),
    `form-action ${formAction.length === 0 ? "'none'" : formAction.join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  const html = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    ...(style === undefined ? [] : [`<style>${style}</style>`]),
    '</head>',
    '<body>',
    body,
    ...(script === undefined ? [] : [`<script>${script}</script>`]),
    '</body>',
    '</html>',
    '',
  ].join('\n');
  return htmlReply(status, html, {
    'content-type': 'text/html;charset=UTF-8',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    ...headers,
  });
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
