import type { DiagnosticSink, Severity } from '#shared/model/diagnostic';
import { type ByteSource, MemorySource } from '../byte-source';
import { Frame } from '../frame';
import { openCapture } from '../open';

/** Keeps all diagnostics. */
export class TestSink implements DiagnosticSink {
  readonly reports: { severity: Severity; code: string; frame: number | null; message: string }[] = [];

  report(severity: Severity, code: string, frame: number | null, message: string): void {
    this.reports.push({ severity, code, frame, message });
  }

  get codes(): string[] {
    return this.reports.map((report) => report.code);
  }
}

interface CollectedFrame {
  readonly number: number;
  readonly timeNs: number;
  readonly linkType: number;
  readonly bytes: Uint8Array;
  readonly wireLength: number;
  readonly fileOffset: number;
  readonly interfaceIndex: number;
}

/** All frames of a capture, copied. Throws when it cannot be opened. */
export function collect(input: Uint8Array | ByteSource, sink = new TestSink()) {
  const source = input instanceof Uint8Array ? new MemorySource(input) : input;
  const opened = openCapture(source, sink);
  if (!opened.ok) throw new Error(opened.error.code);
  const reader = opened.value;
  const frame = new Frame();
  const frames: CollectedFrame[] = [];
  while (reader.next(frame)) {
    const { number, timeNs, linkType, wireLength, fileOffset, interfaceIndex } = frame;
    const bytes = frame.bytes.slice(frame.start, frame.end);
    frames.push({ number, timeNs, linkType, bytes, wireLength, fileOffset, interfaceIndex });
  }
  return { frames, reader, reports: sink.reports, codes: sink.codes };
}
