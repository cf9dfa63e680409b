import type { ByteSource } from '../../../capture/byte-source';
import { FileSource } from '../../../../workers/file-source';
import { nodeCipherSuite } from '../../../../workers/node-cipher-suite';
import { nodeContentDecoder } from '../../../../workers/node-content-decoder';
import { CaptureBytes, MemorySpill } from '../../../store/capture-bytes';
import { CaptureAnalysis } from '../../pipeline/capture-analysis';

interface Analysed {
  readonly analysis: CaptureAnalysis;
  readonly bytes: CaptureBytes;
}

/** The whole analysis of a file, and its bytes by their addresses. */
export const analyseHttp = (path: string, keyLog: Uint8Array | null = null): Analysed =>
  analyseSource(new FileSource(path), keyLog);

/** As `analyseHttp`, of a pcapng file in memory without one of its packets, counted from 1. */
export const analyseWithout = (file: Uint8Array, packet: number): Analysed =>
  analyseSource(new MemorySource(withoutPacket(file, packet)));

function analyseSource(source: ByteSource, keyLog: Uint8Array | null = null): Analysed {
  const spill = new MemorySpill();
  const keyLogs = keyLog === null ? [] : [{ bytes: keyLog, origin: 'key-log' as const }];
  const opened = CaptureAnalysis.open(source, {
    ciphers: nodeCipherSuite,
    contentDecoder: nodeContentDecoder,
    keyLogs,
    spill,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  while (opened.value.ingest(() => false));
  opened.value.finish();
  return { analysis: opened.value, bytes: new CaptureBytes(source, spill) };
}

class MemorySource implements ByteSource {
  constructor(private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  read(offset: number, target: Uint8Array): number {
    const part = this.bytes.subarray(offset, offset + target.length);
    target.set(part);
    return part.length;
  }
}

/** Leaves out the enhanced packet block with that number; little-endian files alone. */
function withoutPacket(file: Uint8Array, packet: number): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let count = 0;
  for (let at = 0; at + 12 <= file.length; at += view.getUint32(at + 4, true)) {
    if (view.getUint32(at, true) === 6) count += 1;
    if (count < packet) continue;
    const rest = file.subarray(at + view.getUint32(at + 4, true));
    const kept = new Uint8Array(at + rest.length);
    kept.set(file.subarray(0, at));
    kept.set(rest, at);
    return kept;
  }
  throw new Error(`there is no packet ${packet}`);
}
