import { latin1Text, startsWithAscii, utf8TextOrNull } from '../../bytes/text';
import { u32be } from '../../bytes/integers';

/** A kind of content: its media type and the extension of its files. */
export interface ContentKind {
  readonly mime: string;
  readonly extension: string;
}

const kind = (mime: string, extension: string): ContentKind => ({ mime, extension });

const kinds = {
  jpeg: kind('image/jpeg', 'jpg'),
  png: kind('image/png', 'png'),
  gif: kind('image/gif', 'gif'),
  webp: kind('image/webp', 'webp'),
  bmp: kind('image/bmp', 'bmp'),
  icon: kind('image/x-icon', 'ico'),
  avif: kind('image/avif', 'avif'),
  heic: kind('image/heic', 'heic'),
  tiff: kind('image/tiff', 'tif'),
  svg: kind('image/svg+xml', 'svg'),
  mp4: kind('video/mp4', 'mp4'),
  m4a: kind('audio/mp4', 'm4a'),
  mov: kind('video/quicktime', 'mov'),
  threegp: kind('video/3gpp', '3gp'),
  m4s: kind('video/iso.segment', 'm4s'),
  webm: kind('video/webm', 'webm'),
  mkv: kind('video/x-matroska', 'mkv'),
  ts: kind('video/mp2t', 'ts'),
  ps: kind('video/mpeg', 'mpg'),
  flv: kind('video/x-flv', 'flv'),
  avi: kind('video/x-msvideo', 'avi'),
  asf: kind('video/x-ms-asf', 'asf'),
  mp3: kind('audio/mpeg', 'mp3'),
  aac: kind('audio/aac', 'aac'),
  ogg: kind('application/ogg', 'ogg'),
  flac: kind('audio/flac', 'flac'),
  wav: kind('audio/wav', 'wav'),
  aiff: kind('audio/aiff', 'aiff'),
  amr: kind('audio/amr', 'amr'),
  midi: kind('audio/midi', 'mid'),
  hls: kind('application/vnd.apple.mpegurl', 'm3u8'),
  dash: kind('application/dash+xml', 'mpd'),
  vtt: kind('text/vtt', 'vtt'),
  json: kind('application/json', 'json'),
  html: kind('text/html', 'html'),
  xml: kind('application/xml', 'xml'),
  pdf: kind('application/pdf', 'pdf'),
  zip: kind('application/zip', 'zip'),
  gzip: kind('application/gzip', 'gz'),
  zstd: kind('application/zstd', 'zst'),
  xz: kind('application/x-xz', 'xz'),
  bzip2: kind('application/x-bzip2', 'bz2'),
  sevenZip: kind('application/x-7z-compressed', '7z'),
  rar: kind('application/vnd.rar', 'rar'),
  exe: kind('application/vnd.microsoft.portable-executable', 'exe'),
  elf: kind('application/x-elf', 'elf'),
  swf: kind('application/x-shockwave-flash', 'swf'),
  woff: kind('font/woff', 'woff'),
  woff2: kind('font/woff2', 'woff2'),
  text: kind('text/plain', 'txt'),
} as const satisfies Record<string, ContentKind>;

/** ISO base media brands that say more than `video/mp4`. */
const brands: Readonly<Record<string, ContentKind>> = {
  'M4A ': kinds.m4a,
  'M4B ': kinds.m4a,
  'qt  ': kinds.mov,
  avif: kinds.avif,
  avis: kinds.avif,
  heic: kinds.heic,
  mif1: kinds.heic,
  '3gp4': kinds.threegp,
  '3gp5': kinds.threegp,
  '3gp6': kinds.threegp,
};

const prefixes: readonly (readonly [string, ContentKind])[] = [
  ['\xff\xd8\xff', kinds.jpeg],
  ['\x89PNG\r\n\x1a\n', kinds.png],
  ['GIF87a', kinds.gif],
  ['GIF89a', kinds.gif],
  ['BM', kinds.bmp],
  ['\0\0\x01\0', kinds.icon],
  ['II*\0', kinds.tiff],
  ['MM\0*', kinds.tiff],
  ['FLV\x01', kinds.flv],
  ['\0\0\x01\xba', kinds.ps],
  ['0&\xb2u\x8ef\xcf\x11', kinds.asf],
  ['ID3', kinds.mp3],
  ['OggS', kinds.ogg],
  ['fLaC', kinds.flac],
  ['#!AMR', kinds.amr],
  ['MThd', kinds.midi],
  ['%PDF-', kinds.pdf],
  ['PK\x03\x04', kinds.zip],
  ['\x1f\x8b\x08', kinds.gzip],
  ['\x28\xb5\x2f\xfd', kinds.zstd],
  ['\xfd7zXZ\0', kinds.xz],
  ['BZh', kinds.bzip2],
  ["7z\xbc\xaf'\x1c", kinds.sevenZip],
  ['Rar!\x1a\x07', kinds.rar],
  ['MZ', kinds.exe],
  ['\x7fELF', kinds.elf],
  ['FWS', kinds.swf],
  ['CWS', kinds.swf],
  ['wOFF', kinds.woff],
  ['wOF2', kinds.woff2],
];

/** What the first bytes of something say it is (512 are enough); null when they say nothing. Never by a name. */
export function detectContent(bytes: Uint8Array): ContentKind | null {
  const end = bytes.length;
  if (end < 3) return null;
  if (startsWithAscii(bytes, 0, end, 'RIFF') && end >= 12) {
    const form = latin1Text(bytes, 8, 12);
    if (form === 'WEBP') return kinds.webp;
    if (form === 'WAVE') return kinds.wav;
    if (form === 'AVI ') return kinds.avi;
  }
  if (startsWithAscii(bytes, 0, end, 'FORM') && latin1Text(bytes, 8, 12) === 'AIFF') return kinds.aiff;
  const boxes = isoBaseMedia(bytes);
  if (boxes) return boxes;
  if (bytes[0] === 0x1a && end >= 4 && u32be(bytes, 0) === 0x1a45dfa3) {
    return latin1Text(bytes, 0, Math.min(end, 64)).includes('webm') ? kinds.webm : kinds.mkv;
  }
  if (isTransportStream(bytes)) return kinds.ts;
  for (const [prefix, found] of prefixes) {
    // Two letters alone begin many a text.
    if (startsWithAscii(bytes, 0, end, prefix) && (prefix.length > 2 || isBinary(bytes))) return found;
  }
  return isAdts(bytes) ? kinds.aac : isMpegAudio(bytes) ? kinds.mp3 : textKind(bytes);
}

/** ISO/IEC 14496-12: a box of a kind that files and segments begin with. */
function isoBaseMedia(bytes: Uint8Array): ContentKind | null {
  if (bytes.length < 12) return null;
  const size = u32be(bytes, 0);
  const type = latin1Text(bytes, 4, 8);
  if (size !== 1 && size < 8) return null;
  if (type === 'ftyp') return brands[latin1Text(bytes, 8, 12)] ?? kinds.mp4;
  if (type === 'styp' || type === 'moof' || type === 'sidx') return kinds.m4s;
  return type === 'moov' || type === 'mdat' ? kinds.mp4 : null;
}

/** Sync bytes 188 bytes apart, or 192 with a time stamp before each (ISO/IEC 13818-1, section 2.4.3). */
function isTransportStream(bytes: Uint8Array): boolean {
  for (const [first, step] of [
    [0, 188],
    [4, 192],
    [0, 204],
  ]) {
    let packets = 0;
    let at = first;
    while (at < bytes.length && bytes[at] === 0x47) {
      packets += 1;
      at += step;
    }
    if (at >= bytes.length && packets >= 2) return true;
  }
  return false;
}

/** Sync word, layer 0, and a sampling rate that exists (ISO/IEC 14496-3, section 1.A.2). */
function isAdts(bytes: Uint8Array): boolean {
  if (bytes.length < 7 || bytes[0] !== 0xff || (bytes[1] & 0xf6) !== 0xf0) return false;
  const length = ((bytes[3] & 3) << 11) | (bytes[4] << 3) | (bytes[5] >> 5);
  if (((bytes[2] >> 2) & 15) > 12 || length < 7) return false;
  if (length + 1 >= bytes.length) return true;
  return bytes[length] === 0xff && (bytes[length + 1] & 0xf6) === 0xf0;
}

/** Sync word, layer, bit rate and sampling rate that exist (ISO/IEC 11172-3, section 2.4.2.3). */
function isMpegAudio(bytes: Uint8Array): boolean {
  if (bytes.length < 4 || bytes[0] !== 0xff || (bytes[1] & 0xe0) !== 0xe0) return false;
  const rate = bytes[2] >> 4;
  return (
    ((bytes[1] >> 3) & 3) !== 1 && ((bytes[1] >> 1) & 3) !== 0 && rate > 0 && rate < 15 && ((bytes[2] >> 2) & 3) < 3
  );
}

function textKind(bytes: Uint8Array): ContentKind | null {
  if (isBinary(bytes)) return null;
  // The sample may end within a character.
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 3 && (bytes[end - 1] & 0xc0) === 0x80) end -= 1;
  if (end > 0 && bytes[end - 1] >= 0xc0) end -= 1;
  const text = utf8TextOrNull(bytes, 0, end) ?? latin1Text(bytes, 0, end);
  const start = text.replace(/^\ufeff/, '').trimStart();
  if (start.startsWith('#EXTM3U')) return kinds.hls;
  if (start.startsWith('WEBVTT')) return kinds.vtt;
  if (/^<(\?xml|!--|!doctype|[a-z])/i.test(start)) {
    if (/<MPD[\s>]/.test(start)) return kinds.dash;
    if (/<(!doctype\s+html|html|head|body|script|title|div|p|h1)[\s>/]/i.test(start)) return kinds.html;
    if (/<svg[\s>]/i.test(start)) return kinds.svg;
    return /^<\?xml/i.test(start) ? kinds.xml : kinds.html;
  }
  if (/^(\{\s*("|\}|$)|\[\s*(["[{\]]|-?\d|true|false|null|$))/.test(start)) return kinds.json;
  return kinds.text;
}

function isBinary(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13) return true;
  return false;
}
