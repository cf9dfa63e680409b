import { u16be } from '../../bytes/integers';
import type { ProbeVerdict, StreamChannel, StreamProtocol } from '../../flow/stream-dissector';
import { TlsConnection, type TlsContext } from './connection';
import type { TlsFacts } from './facts';
import { HandshakeType } from './handshake-reader';
import { ContentType, headerLength, isRecordHeader, longestRecord } from './record-reader';

/** What a record shows of its contents: the header and the type of a handshake message. */
const shown = headerLength + 1;

/**
 * TLS on any port. A stream begins with a handshake record that holds a hello; in the middle of one a segment begins
 * with a record, and with another one behind it, if that is in the segment too.
 */
export function tlsProtocol(context: TlsContext, factsFor: (channel: StreamChannel) => TlsFacts): StreamProtocol {
  return {
    name: 'TLS',
    probe: (bytes, start, end, isStart) => (isStart ? probeHello(bytes, start, end) : probeRecord(bytes, start, end)),
    open: (channel) => new TlsConnection(context, channel, factsFor(channel)),
  };
}

function probeHello(bytes: Uint8Array, start: number, end: number): ProbeVerdict {
  const { length } = bytes.subarray(start, Math.min(end, start + shown));
  if (length > 0 && bytes[start] !== ContentType.handshake) return probeRecord(bytes, start, end);
  if (length > 1 && bytes[start + 1] !== 3) return 'no';
  if (length > 2 && bytes[start + 2] > 4) return 'no';
  if (length > 4 && !isHandshakeLength(u16be(bytes, start + 3))) return 'no';
  if (length < shown) return 'more';
  const type = bytes[start + headerLength];
  return type === HandshakeType.clientHello || type === HandshakeType.serverHello ? 'yes' : 'no';
}

/** A whole header is needed, and one behind it where the segment reaches that far. */
function probeRecord(bytes: Uint8Array, start: number, end: number): ProbeVerdict {
  if (end - start < shown || !isRecordHeader(bytes, start)) return 'no';
  const version = bytes[start + 2];
  const length = u16be(bytes, start + 3);
  if (version === 0 || length === 0) return 'no';
  const next = start + headerLength + length;
  if (next + 3 <= end) {
    const isNext = bytes[next] >= ContentType.changeCipherSpec && bytes[next] <= ContentType.heartbeat;
    return isNext && bytes[next + 1] === 3 && bytes[next + 2] === version ? 'yes' : 'no';
  }
  // Without a second header only what is by far the most frequent is believed.
  return bytes[start] === ContentType.applicationData && (next === end || next > end) ? 'yes' : 'no';
}

const isHandshakeLength = (length: number): boolean => length >= 4 && length <= longestRecord;
