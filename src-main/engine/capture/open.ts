import { type Result, fail } from '#shared/base/result';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { ByteSource } from './byte-source';
import { KIND_HEAD_LENGTH, describeFile } from './file-kinds';
import type { CaptureReader } from './frame';
import { isErf, openErf } from './erf';
import { isNetmon, openNetmon } from './netmon';
import { openPcap } from './pcap';
import { isPcap } from './pcap-layout';
import { isPcapng, openPcapng } from './pcapng';
import { readAt } from './read-at';
import { isSnoop, openSnoop } from './snoop';

interface CaptureFormat {
  /** Looks at the first bytes of a file, at least 4. */
  readonly recognises: (head: Uint8Array) => boolean;
  readonly open: (source: ByteSource, head: Uint8Array, sink: DiagnosticSink) => Result<CaptureReader>;
}

const FORMATS: readonly CaptureFormat[] = [
  { recognises: isPcapng, open: openPcapng },
  { recognises: isPcap, open: openPcap },
  { recognises: isSnoop, open: openSnoop },
  { recognises: isNetmon, open: openNetmon },
];

const SUPPORTED =
  'Tapdeck opens pcap, pcapng, snoop, Network Monitor, ERF and rtpdump captures, the others also compressed with gzip or zstd.';

/**
 * Opens a capture, whatever its name: the first bytes tell the format.
 *
 * Fails with `empty-file`, `capture-read-failed`, `not-a-capture`, `pcapng-byte-order`, or with the name of the format
 * and `-header-truncated` or `-version-unsupported`.
 */
export function openCapture(source: ByteSource, sink: DiagnosticSink): Result<CaptureReader> {
  if (source.size === 0) return fail('empty-file', 'The file is empty.', { hint: SUPPORTED });
  const head = readAt(source, 0, Math.min(KIND_HEAD_LENGTH, source.size));
  if (head === null) {
    return fail('capture-read-failed', 'The file cannot be read.', {
      where: 'byte 0',
      hint: 'Check that it still exists and that its medium is in order.',
    });
  }
  const format = head.length < 4 ? undefined : FORMATS.find((candidate) => candidate.recognises(head));
  if (format) return format.open(source, head, sink);
  const kind = describeFile(head);
  if (kind === null && isErf(source)) return openErf(source, sink);
  const looks = kind ? `it looks like ${kind.name}` : `it begins with the bytes ${hex(head.subarray(0, 8))}`;
  return fail('not-a-capture', `This is not a capture file: ${looks}.`, {
    where: 'byte 0',
    hint: kind?.hint ?? SUPPORTED,
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (value) => value.toString(16).padStart(2, '0')).join(' ');
}
