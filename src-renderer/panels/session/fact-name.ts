/** `frameRate` as `Frame rate`; names with a capital inside a short word (`tcUrl`, `flashVer`) stay as the protocol has them. */
export function factName(name: string): string {
  // Metadata stand behind the name of their message: `onMetaData.audiocodecid`.
  if (wireNames.has(name) || name.includes('.')) return name;
  const words = name.replace(
    /([a-z0-9])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A line for a shell is copied as a whole. */
export function isCommandLine(value: unknown): boolean {
  return typeof value === 'string' && /^(ffmpeg|ffplay|rtmpdump|curl) /.test(value);
}

/** Names that stand so in the protocol's messages. */
const wireNames: ReadonlySet<string> = new Set([
  'app',
  'tcUrl',
  'swfUrl',
  'pageUrl',
  'flashVer',
  'playPath',
  'ALPN',
  'SNI',
]);
