import { missingBytes } from '../../bytes/extents';
import { ByteQueue } from '../../bytes/byte-queue';
import type { Direction, StreamChannel, StreamDissector, StreamProtocol } from '../../flow/stream-dissector';
import { lengthFraming, probeFramedRtp } from '../../protocols/rtp';
import { channelDataLength, isStun, stunLength } from '../../protocols/stun';
import type { FramedFlows } from '../sessions/framed-flows';
import { TurnRelay } from './turn-relay';

/** A unit of a stream: `bytes[start..start + length)` without what frames it, and all of it. */
type TakeUnit = (
  direction: Direction,
  bytes: Uint8Array,
  start: number,
  frame: number,
  timeNs: number,
  queue: ByteQueue,
) => number;

/** Answer of `TakeUnit`: more bytes are needed, or nothing that is known begins here. */
const more = 0;
const lost = -1;
const slice = 64 * 1024;

/** Cuts both directions into units; one that is lost or makes no sense ends its direction. */
function dissector(take: TakeUnit): StreamDissector {
  const queues = [new ByteQueue(), new ByteQueue()] as const;
  const isOver = [false, false];
  return {
    onData: (direction, bytes, start, end, frame, timeNs, address) => {
      const queue = queues[direction];
      for (let at = start; at < end && !isOver[direction]; at += slice) {
        const place = address === missingBytes ? missingBytes : address + at - start;
        queue.push(bytes, at, Math.min(end, at + slice), place);
        while (queue.length > 0) {
          const length = take(direction, queue.bytes, queue.head, frame, timeNs, queue);
          if (length === more || (length > 0 && length > queue.length)) break;
          if (length !== lost) queue.take(length);
          else {
            isOver[direction] = true;
            queue.clear();
          }
        }
      }
    },
    onGap: (direction) => {
      isOver[direction] = true;
      queues[direction].clear();
    },
    onEnd: (direction) => queues[direction].clear(),
  };
}

/** RTP and RTCP framed by two bytes of length (RFC 4571), with checks of ICE among them (RFC 6544). */
export function rtpOverTcp(framed: FramedFlows): StreamProtocol {
  return {
    name: 'RTP',
    probe: (bytes, start, end, isStart) => {
      const verdict = probeFramedRtp(bytes, start, end, lengthFraming);
      return verdict === 'more' && !isStart ? 'no' : verdict;
    },
    open: (channel) => openRtp(channel, framed),
  };
}

function openRtp(channel: StreamChannel, framed: FramedFlows): StreamDissector {
  const { source, destination } = channel.endpoints(0);
  let flow = -1;
  return dissector((direction, bytes, start, frame, timeNs, queue) => {
    if (queue.length < 2) return more;
    const length = lengthFraming.packetLength(bytes, start);
    if (queue.length < 2 + length) return more;
    const packet = start + 2;
    const end = packet + length;
    if (length >= 8 && bytes[packet] >>> 6 === 2) {
      if (flow < 0) {
        flow = framed.open(source, destination, 'RFC 4571');
        channel.claim('RTP', `packets in sequence behind their lengths (RFC 4571) from frame ${frame} on`);
      }
      framed.datagram(flow + direction, bytes, packet, end, frame, timeNs, queue.addressOf(packet, end));
    } else if (length > 0 && bytes[packet] >= 64) return lost;
    return 2 + length;
  });
}

/** TURN over TCP or TLS (RFC 8656, section 3.1): STUN messages and channels, one after the other. */
export function turnOverTcp(framed: FramedFlows): StreamProtocol {
  return {
    name: 'TURN',
    probe: (bytes, start, end) => {
      if (end - start < 20) return bytes[start] <= 0x3f ? 'more' : 'no';
      return isStun(bytes, start, end, false) ? 'yes' : 'no';
    },
    open: (channel) => openTurn(channel, framed),
  };
}

function openTurn(channel: StreamChannel, framed: FramedFlows): StreamDissector {
  const relay = new TurnRelay(framed, [channel.endpoints(0).source, channel.endpoints(1).source]);
  let isClaimed = false;
  return dissector((direction, bytes, start, frame, timeNs, queue) => {
    const end = start + queue.length;
    if (queue.length < 4) return more;
    if (bytes[start] >= 0x40) {
      const length = channelDataLength(bytes, start, end);
      if (length === 0) return lost;
      // Padded to four bytes over streams (RFC 8656, section 12.5).
      const padded = (length + 3) & ~3;
      if (queue.length < padded) return more;
      const number = (bytes[start] << 8) | bytes[start + 1];
      const place = queue.addressOf(start + 4, start + length);
      relay.onChannelData(direction, number, bytes, start + 4, start + length, frame, timeNs, place);
      return padded;
    }
    if (queue.length < 20) return more;
    if (!isStun(bytes, start, end, false)) return lost;
    const length = stunLength(bytes, start);
    if (queue.length < length) return more;
    relay.onStun(direction, bytes, start, start + length, frame, timeNs, queue.addressOf(start, start + length));
    if (!isClaimed) channel.claim(relay.firstFrame > 0 ? 'TURN' : 'STUN', `magic cookie in frame ${frame}`);
    isClaimed = relay.firstFrame > 0;
    return length;
  });
}
