export type PreviewKind = 'picture' | 'sound' | 'film' | 'text' | 'bytes';

/** Kinds of text that do not begin with `text/`. */
const textTypes: ReadonlySet<string> = new Set([
  'application/json',
  'application/xml',
  'application/dash+xml',
  'application/vnd.apple.mpegurl',
  'application/javascript',
  'application/sdp',
]);
/** What Chromium plays. */
const films: ReadonlySet<string> = new Set(['video/mp4', 'video/webm', 'application/ogg']);
const sounds: ReadonlySet<string> = new Set(['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/flac', 'audio/wav']);

/** How an object is shown. SVG is shown as text: as a picture it could refer to others. */
export function previewKind(mime: string, note: string | null, isWhole: boolean): PreviewKind {
  if (note !== null) return 'bytes';
  if (mime === 'image/svg+xml' || mime.startsWith('text/') || textTypes.has(mime)) return 'text';
  if (mime.startsWith('image/')) return isWhole ? 'picture' : 'bytes';
  if (!isWhole) return 'bytes';
  if (sounds.has(mime)) return 'sound';
  return films.has(mime) ? 'film' : 'bytes';
}
