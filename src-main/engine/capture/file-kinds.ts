import { startsWithAscii, utf8TextOrNull } from '../bytes/text';

interface FileKind {
  /** Bytes at `at` (0 by default), as ASCII or as a list of values. */
  readonly magic: string | readonly number[];
  readonly at?: number;
  /** `a PNG picture` */
  readonly name: string;
  readonly hint?: string;
}

const DECOMPRESS = 'Only gzip and zstd are decompressed while reading; decompress the file first.';
const TWICE = 'It was compressed twice; decompress it once.';
const CONVERT = 'Convert it to pcapng first, for example with: editcap -F pcapng INPUT OUTPUT.pcapng';
const EXTRACT = 'Extract the capture from the archive first.';

const KINDS: readonly FileKind[] = [
  { magic: [0x1f, 0x8b], name: 'a gzip file within another', hint: TWICE },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], name: 'a Zstandard file within another', hint: TWICE },
  { magic: [0x04, 0x22, 0x4d, 0x18], name: 'an LZ4 file', hint: DECOMPRESS },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], name: 'an xz file', hint: DECOMPRESS },
  { magic: 'BZh', name: 'a bzip2 file', hint: DECOMPRESS },
  { magic: 'XCP\0', name: 'a NetXray (Sniffer) capture', hint: CONVERT },
  { magic: 'TRSNIFF data', name: 'a Sniffer capture', hint: CONVERT },
  { magic: '\x7fver', name: 'an OmniPeek capture', hint: CONVERT },
  { magic: 'PK\x03\x04', name: 'a zip archive', hint: EXTRACT },
  { magic: 'PK\x05\x06', name: 'an empty zip archive' },
  { magic: '7z\xbc\xaf\x27\x1c', name: 'a 7-Zip archive', hint: EXTRACT },
  { magic: 'Rar!\x1a\x07', name: 'a RAR archive', hint: EXTRACT },
  { magic: 'ustar', at: 257, name: 'a tar archive', hint: EXTRACT },
  { magic: '\x89PNG', name: 'a PNG picture' },
  { magic: [0xff, 0xd8, 0xff], name: 'a JPEG picture' },
  { magic: 'GIF8', name: 'a GIF picture' },
  { magic: 'BM', name: 'a BMP picture' },
  { magic: 'WEBP', at: 8, name: 'a WebP picture' },
  { magic: 'WAVE', at: 8, name: 'a WAV recording' },
  { magic: 'AVI ', at: 8, name: 'an AVI video' },
  { magic: '.snd', name: 'an AU recording' },
  { magic: 'ftyp', at: 4, name: 'an MP4 file' },
  { magic: [0x1a, 0x45, 0xdf, 0xa3], name: 'a Matroska or WebM file' },
  { magic: 'OggS', name: 'an Ogg file' },
  { magic: 'fLaC', name: 'a FLAC recording' },
  { magic: 'ID3', name: 'an MP3 recording' },
  { magic: 'FLV\x01', name: 'an FLV video' },
  { magic: '#!AMR', name: 'an AMR recording' },
  { magic: '%PDF', name: 'a PDF document' },
  { magic: '\x7fELF', name: 'a Linux program (ELF)' },
  { magic: 'MZ', name: 'a Windows program' },
  { magic: 'SQLite format 3', name: 'an SQLite database' },
];

/** Bytes of a file that `describeFile` wants to see. */
export const KIND_HEAD_LENGTH = 512;

/** What a file that is not a capture looks like, from its first bytes; null when it looks like nothing known. */
export function describeFile(head: Uint8Array): { readonly name: string; readonly hint?: string } | null {
  const kind = KINDS.find((candidate) => hasMagic(head, candidate));
  if (kind) return kind;
  if (isText(head)) return { name: 'a text file' };
  return null;
}

function hasMagic(head: Uint8Array, { magic, at = 0 }: FileKind): boolean {
  if (typeof magic === 'string') return startsWithAscii(head, at, head.length, magic);
  return magic.every((value, i) => head[at + i] === value);
}

function isText(head: Uint8Array): boolean {
  // The head may end within a character: up to three bytes of it are left out.
  for (let cut = 0; cut < 4 && cut < head.length; cut += 1) {
    const text = utf8TextOrNull(head, 0, head.length - cut);
    if (text !== null) return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text);
  }
  return false;
}
