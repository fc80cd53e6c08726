/** What a resource is about: itself, without spaces around it, or the title of the channel of one in MRSS. */
export function channelOf(resource: string): string {
  const title = /<channel\b[^>]*>[\s\S]*?<title>([\s\S]*?)<\/title>/i.exec(resource)?.[1];
  if (title === undefined) return resource.trim();
  const text = /^\s*<!\[CDATA\[([\s\S]*?)\]\]>\s*$/.exec(title)?.[1] ?? title;
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
    .trim();
}
