/** What it takes to ask for a stream again. */
export interface StreamAddress {
  readonly tcUrl: string;
  readonly app: string | null;
  readonly playPath: string;
  readonly swfUrl: string | null;
  readonly pageUrl: string | null;
  readonly flashVer: string | null;
}

/**
 * One word of a POSIX shell, whatever it holds. Values come from captures: characters that a terminal would obey are
 * left out, and nothing within the quotes has a meaning.
 */
export function shellWord(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'\\''`)}'`;
}

/** For a person to copy; Tapdeck runs none of them. */
export function ffmpegLine({ tcUrl, playPath, swfUrl, pageUrl }: StreamAddress, fileName: string): string {
  const options = [
    ...(swfUrl ? ['-rtmp_swfurl', swfUrl] : []),
    ...(pageUrl ? ['-rtmp_pageurl', pageUrl] : []),
    ...['-i', streamUrl(tcUrl, playPath), '-c', 'copy', fileName],
  ];
  return ['ffmpeg', ...options.map(shellWord)].join(' ');
}

export function rtmpdumpLine(address: StreamAddress, fileName: string): string {
  const { app, flashVer, pageUrl, playPath, swfUrl, tcUrl } = address;
  const options = [
    ...['-r', tcUrl],
    ...(app === null ? [] : ['-a', app]),
    ...(flashVer ? ['-f', flashVer] : []),
    ...(swfUrl ? ['-W', swfUrl] : []),
    ...(pageUrl ? ['-p', pageUrl] : []),
    ...['-y', playPath, '-o', fileName],
  ];
  return ['rtmpdump', ...options.map(shellWord)].join(' ');
}

/** `rtmp://host/app/name`. */
export function streamUrl(tcUrl: string, name: string): string {
  return `${tcUrl.replace(/\/+$/, '')}/${name}`;
}

/** A name of a stream as that of a file. */
export function fileNameOf(name: string): string {
  const plain = (name.split('?')[0] ?? '').split(/[/\\:]/).pop() ?? '';
  const safe = plain
    .replace(/[^\w.-]/g, '_')
    .replace(/^[.-]+/, '')
    .replace(/\.flv$/i, '');
  return `${safe.slice(0, 60) || 'stream'}.flv`;
}
