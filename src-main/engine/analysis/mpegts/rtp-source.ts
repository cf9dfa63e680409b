import type { AddressedBytes } from '../../bytes/extents';
import type { RtpMediaIndex } from '../rtp/media-index';
import { playOrder } from '../rtp/play-order';
import type { KeepBytes } from './program-file';
import { PieceLog, type PieceSink } from './piece-log';

/** Encoding names of streams that are containers; GB/T 28181 says `PS`. */
export const containerNames: Readonly<Record<string, 'ts' | 'ps'>> = { MP2T: 'ts', MP2P: 'ps', PS: 'ps' };

/**
 * Gives the payloads of an RTP stream to `sink`, in the order of their sequence numbers and each once. What is lost
 * counts as so many packets as long as the one before.
 */
export function pourRtp(index: RtpMediaIndex, source: AddressedBytes, keep: KeepBytes, sink: PieceSink): void {
  const types = new Set(
    index.bindings.flatMap(({ encodingName, payloadType }) =>
      containerNames[encodingName.toUpperCase()] ? [payloadType] : [],
    ),
  );
  const { frame, timeNs, sequence, segment, payloadType, payloadOffset, payloadLength, payloadMissing, side } = index;
  const log = new PieceLog();
  let previous = -1;
  let usual = 0;
  for (const i of playOrder(index).packets) {
    if (previous >= 0) {
      const lost = sequence[i] - sequence[previous] - 1;
      if (segment[i] !== segment[previous]) log.gap(0, frame[i], timeNs[i]);
      else if (lost > 0) log.gap(lost * usual, frame[i], timeNs[i]);
    }
    previous = i;
    const length = payloadLength[i];
    if (!types.has(payloadType[i]) || length + payloadMissing[i] === 0) continue;
    usual = length + payloadMissing[i];
    const offset = payloadOffset[i];
    // What is not in the file in one piece lies in memory: -(1 + where).
    const address = offset >= 0 ? offset : keep(side, -(1 + offset), -(1 + offset) + length);
    if (length > 0) log.push(length, frame[i], timeNs[i], address);
    if (payloadMissing[i] > 0) log.gap(payloadMissing[i], frame[i], timeNs[i]);
  }
  log.replay(source, sink);
}
