import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { findCodec, primaryBlock } from '#engine/codecs/index';
import type { PayloadReader } from '../payload-reader';

/**
 * The stream as it would be without redundancy (RFC 2198): each packet stands for its primary data. The same stream
 * when it has none. Malformed packets stay what they are.
 */
export function withoutRedundancy<T extends RtpMediaIndex>(stream: T, reader: PayloadReader): T {
  const types = new Set(
    stream.bindings.flatMap((b) => (findCodec(b.encodingName)?.id === 'red' ? [b.payloadType] : [])),
  );
  if (types.size === 0 || stream.isEncrypted) return stream;
  const payloadType = stream.payloadType.slice();
  const payloadOffset = stream.payloadOffset.slice();
  const payloadLength = stream.payloadLength.slice();
  for (let packet = 0; packet < stream.count; packet += 1) {
    if (!types.has(payloadType[packet])) continue;
    const primary = primaryBlock(reader.read(stream, packet));
    if (!primary) continue;
    payloadType[packet] = primary.payloadType;
    payloadLength[packet] -= primary.start;
    // Offsets into what lies beside the file count down from -1.
    payloadOffset[packet] += payloadOffset[packet] < 0 ? -primary.start : primary.start;
  }
  return { ...stream, payloadType, payloadOffset, payloadLength };
}
