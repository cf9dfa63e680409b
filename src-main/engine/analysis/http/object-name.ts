/** Extensions of types that their bytes alone do not tell. */
const extensionOfType: Readonly<Record<string, string>> = {
  'text/css': 'css',
  'text/javascript': 'js',
  'application/javascript': 'js',
  'application/x-javascript': 'js',
  'text/csv': 'csv',
  'video/mp2t': 'ts',
  'video/mp4': 'mp4',
  'audio/mp4': 'm4a',
  'video/iso.segment': 'm4s',
  'audio/mpeg': 'mp3',
  'video/x-flv': 'flv',
  'image/jpeg': 'jpg',
  'multipart/x-mixed-replace': 'mjpeg',
};
/** Extensions that are right for more than one kind of content. */
const alsoRight: Readonly<Record<string, readonly string[]>> = {
  jpg: ['jpeg', 'jpe', 'jfif'],
  tif: ['tiff'],
  ts: ['m2ts', 'mts', 'tsv'],
  mp4: ['m4v', 'm4s', 'm4a', 'cmfv', 'cmfa', 'f4v', 'mov', '3gp'],
  m4s: ['mp4', 'm4v', 'm4a', 'cmfv', 'cmfa', 'm4f', 'mp4a', 'mp4v'],
  m4a: ['mp4', 'm4b'],
  mkv: ['mka', 'webm'],
  webm: ['weba', 'mkv'],
  ogg: ['oga', 'ogv', 'opus'],
  m3u8: ['m3u'],
  html: ['htm', 'xhtml', 'shtml'],
  xml: ['rss', 'atom', 'xsd', 'xsl', 'f4m'],
  zip: ['docx', 'xlsx', 'pptx', 'jar', 'apk', 'epub', 'odt', 'ods'],
  txt: ['css', 'js', 'csv', 'log', 'md', 'ini', 'srt', 'pem', 'mjs'],
  gz: ['tgz', 'svgz'],
  exe: ['dll', 'sys', 'msi'],
  mpg: ['mpeg', 'vob'],
};
const maxStem = 80;

/**
 * File name of an object: the last part of its URL's path with the extension that its content has, and `index` or the
 * host where the path has no last part. Names from captures lead nowhere: separators, control characters and leading
 * dots are gone.
 */
export function objectName(url: string, contentType: string | null, extension: string | null): string {
  const match = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url);
  const path = match ? match[1] : url.split(/[?#]/, 1)[0];
  const last = decoded(path.slice(path.lastIndexOf('/') + 1));
  const clean = safe(last);
  const right = extension ?? (contentType === null ? null : (extensionOfType[contentType] ?? null));
  const dot = clean.lastIndexOf('.');
  const stem = (dot > 0 ? clean.slice(0, dot) : clean) || 'index';
  const own = dot > 0 ? clean.slice(dot + 1) : '';
  const isPlain = /^[a-z0-9]{1,8}$/i.test(own);
  if (right === null) return isPlain ? `${cut(stem)}.${own}` : cut(clean || stem) || 'index';
  const isRight = own.toLowerCase() === right || (alsoRight[right]?.includes(own.toLowerCase()) ?? false);
  if (isRight) return `${cut(stem)}.${own}`;
  // `image.cgi` with a picture in it becomes `image.jpg`; `page.2` keeps its number.
  return isPlain && /[a-z]/i.test(own) ? `${cut(stem)}.${right}` : `${cut(clean || stem)}.${right}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function safe(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff/\\:*?"<>|]+/g, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
}

const cut = (text: string): string => [...text].slice(0, maxStem).join('');
