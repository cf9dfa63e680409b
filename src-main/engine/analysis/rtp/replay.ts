import type { StreamRow } from '#shared/model/stream';
import type { PacketView } from '../../net/packet';
import { type PayloadBinding, RtpHeader } from '../../protocols/rtp';
import { payloadInForce } from './announcements';
import type { RtpMediaIndex } from './media-index';
import { PacketColumns, packetStatuses } from './packet-columns';
import type { PacketSource } from './packet-source';
import { parseMedia } from './rtp-flow';
import { RtpSample } from './rtp-sample';
import { RtpStream } from './rtp-stream';
import { JumpOutcome, SequenceVerdict } from './sequence-tracker';

const bandwidthWindowNs = 1e9;

/** Visits the packets of a stream in capture order, from its first one on. `header` and `packet` are reused. */
export function replayStream(
  stream: RtpStream,
  source: PacketSource,
  visit: (header: RtpHeader, packet: PacketView, frame: number, timeNs: number, fileOffset: number) => void,
): void {
  const header = new RtpHeader();
  const { firstFrame } = stream;
  source.forEachPacket(stream.context.flow, (packet, frame, timeNs, fileOffset) => {
    if (frame < firstFrame || packet.payloadEnd <= packet.payloadStart) return;
    if (parseMedia(packet, header) && header.ssrc === stream.ssrc) visit(header, packet, frame, timeNs, fileOffset);
  });
}

/** A copy of a stream that has seen no packet yet but knows all that the original does. */
function blank(stream: RtpStream): RtpStream {
  const copy = new RtpStream(stream.index, stream.context, stream.ssrc);
  copy.inherit(stream);
  return copy;
}

/** Computes the figures of every packet by counting the stream again. */
export function replayColumns(stream: RtpStream, isIpv6: boolean, source: PacketSource): PacketColumns {
  const columns = new PacketColumns(stream.statistics.packets);
  const again = blank(stream);
  const sample = new RtpSample();
  let windowStart = 0;
  let windowBytes = 0;
  let jump = -1;

  replayStream(stream, source, (header, packet, frame, timeNs) => {
    sample.take(header, packet, frame, timeNs, isIpv6);
    const use = again.push(sample);
    const { statistics, wireshark } = again;
    const { sequence } = statistics;
    const i = columns.add();
    if (sequence.jumpOutcome !== JumpOutcome.none && jump >= 0) {
      settleJump(columns, jump, sequence.jumpOutcome, sequence.jumpExtended, sequence.segment);
    }
    if (statistics.lastVerdict === SequenceVerdict.jump) jump = i;

    windowBytes += sample.ipBytes;
    columns.ipBytes[i] = sample.ipBytes;
    columns.timeNs[i] = timeNs;
    while (windowStart < i && columns.timeNs[windowStart] <= timeNs - bandwidthWindowNs) {
      windowBytes -= columns.ipBytes[windowStart];
      windowStart += 1;
    }
    columns.frame[i] = frame;
    columns.sequence[i] = sample.sequence;
    columns.timestamp[i] = sample.timestamp;
    columns.payloadType[i] = sample.payloadType;
    columns.marker[i] = sample.marker ? 1 : 0;
    columns.segment[i] = sequence.segment;
    columns.extended[i] = sequence.extended;
    columns.deltaMs[i] = statistics.lastDeltaMs;
    columns.jitterMs[i] = statistics.lastJitterMs;
    columns.skewMs[i] = statistics.lastSkewMs;
    columns.bandwidthKbps[i] = (8 * windowBytes) / 1000;
    columns.lostBefore[i] = sequence.gap;
    columns.lostForGood[i] = sequence.gap;
    columns.wiresharkDeltaMs[i] = wireshark.lastDeltaMs;
    columns.wiresharkJitterMs[i] = wireshark.lastJitterMs;
    columns.wiresharkSkewMs[i] = wireshark.lastSkewMs;
    columns.status[i] = packetStatuses.indexOf(
      statusOf(statistics.lastVerdict, use.isEvent, use.isComfortNoise, sample.isTruncated),
    );
    if (statistics.lastVerdict === SequenceVerdict.reordered) fillGap(columns, i);
  });

  const { sequence } = again.statistics;
  sequence.settle();
  if (jump >= 0 && sequence.jumpOutcome !== JumpOutcome.none) {
    settleJump(columns, jump, sequence.jumpOutcome, sequence.jumpExtended, sequence.segment);
  }
  return columns;
}

function statusOf(
  verdict: SequenceVerdict,
  isEvent: boolean,
  isComfortNoise: boolean,
  isTruncated: boolean,
): (typeof packetStatuses)[number] {
  if (verdict === SequenceVerdict.duplicate) return 'duplicate';
  if (verdict === SequenceVerdict.reordered || verdict === SequenceVerdict.jump) return 'reordered';
  if (verdict === SequenceVerdict.gap) return 'lost-before';
  if (isEvent) return 'dtmf';
  if (isComfortNoise) return 'comfort-noise';
  return isTruncated ? 'truncated' : 'ok';
}

/** What a packet that jumped turned out to be. */
function settleJump(columns: PacketColumns, at: number, outcome: JumpOutcome, extended: number, segment: number): void {
  columns.extended[at] = extended;
  columns.segment[at] = segment;
  if (outcome === JumpOutcome.restart) columns.status[at] = packetStatuses.indexOf('restart');
  else if (outcome === JumpOutcome.duplicate) columns.status[at] = packetStatuses.indexOf('duplicate');
  else if (outcome === JumpOutcome.reordered) fillGap(columns, at);
}

/** A late packet takes itself off the gap that had counted it. */
function fillGap(columns: PacketColumns, late: number): void {
  const { extended, segment, lostBefore, lostForGood } = columns;
  const number = extended[late];
  for (let i = late - 1; i >= 0 && segment[i] === segment[late]; i -= 1) {
    if (lostBefore[i] > 0 && number < extended[i] && number >= extended[i] - lostBefore[i]) {
      lostForGood[i] -= 1;
      return;
    }
  }
}

/**
 * Where the packets of a stream lie, for whoever plays or exports it. Packets whose sequence number belongs to no
 * segment are left out: nobody could say where in the audio they go.
 */
export function buildMediaIndex(stream: RtpStream, row: StreamRow, source: PacketSource): RtpMediaIndex {
  const capacity = stream.statistics.packets;
  const frame = new Uint32Array(capacity);
  const time = new Float64Array(capacity);
  const sequenceColumn = new Float64Array(capacity);
  const timestamp = new Float64Array(capacity);
  const payloadType = new Uint8Array(capacity);
  const marker = new Uint8Array(capacity);
  const segment = new Uint32Array(capacity);
  const payloadOffset = new Float64Array(capacity);
  const payloadLength = new Uint32Array(capacity);
  const payloadMissing = new Uint32Array(capacity);
  const headerLength = new Uint16Array(capacity);
  const paddingLength = new Uint8Array(capacity);
  const strays = new Set<number>();
  const side: Uint8Array[] = [];
  let sideLength = 0;
  let count = 0;
  let jump = -1;

  const again = blank(stream);
  const sample = new RtpSample();
  const settle = (): void => {
    const { sequence } = again.statistics;
    if (jump < 0 || sequence.jumpOutcome === JumpOutcome.none) return;
    if (sequence.jumpOutcome === JumpOutcome.stray) strays.add(jump);
    sequenceColumn[jump] = sequence.jumpExtended;
    segment[jump] = sequence.segment;
    jump = -1;
  };
  replayStream(stream, source, (header, packet, number, timeNs, fileOffset) => {
    if (count === capacity) return;
    sample.take(header, packet, number, timeNs, false);
    again.push(sample);
    settle();
    const { statistics } = again;
    const i = count;
    count += 1;
    if (statistics.lastVerdict === SequenceVerdict.jump) jump = i;
    frame[i] = number;
    time[i] = timeNs;
    sequenceColumn[i] = statistics.sequence.extended;
    timestamp[i] = statistics.lastTimestamp;
    payloadType[i] = header.payloadType;
    marker[i] = header.marker ? 1 : 0;
    segment[i] = statistics.sequence.segment;
    payloadLength[i] = header.payloadEnd - header.payloadStart;
    payloadMissing[i] = packet.payloadMissing;
    headerLength[i] = header.payloadStart - packet.payloadStart;
    paddingLength[i] = header.paddingLength;
    if (fileOffset >= 0) {
      payloadOffset[i] = fileOffset + header.payloadStart;
    } else {
      payloadOffset[i] = -(1 + sideLength + headerLength[i]);
      side.push(packet.bytes.slice(packet.payloadStart, packet.payloadEnd));
      sideLength += packet.payloadEnd - packet.payloadStart;
    }
  });
  again.statistics.finish();
  settle();

  const kept = Array.from({ length: count }, (_, i) => i).filter((i) => !strays.has(i));
  const pick = <T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(column: T): T => {
    if (kept.length === capacity) return column;
    kept.forEach((from, to) => {
      column[to] = column[from];
    });
    return column.slice(0, kept.length) as T;
  };
  return {
    streamId: stream.id,
    kind: row.kind,
    isEncrypted: row.encryption !== 'none' && !row.decrypted,
    label: `${row.codec ?? 'RTP'} ${row.src} → ${row.dst}`,
    bindings: bindingsOf(stream),
    count: kept.length,
    frame: pick(frame),
    timeNs: pick(time),
    sequence: pick(sequenceColumn),
    timestamp: pick(timestamp),
    payloadType: pick(payloadType),
    marker: pick(marker),
    segment: pick(segment),
    payloadOffset: pick(payloadOffset),
    payloadLength: pick(payloadLength),
    payloadMissing: pick(payloadMissing),
    side: concatenate(side, sideLength),
    wire: {
      ssrc: stream.ssrc,
      source: stream.context.source,
      destination: stream.context.destination,
      headerLength: pick(headerLength),
      paddingLength: pick(paddingLength),
      epochNs: null,
    },
  };
}

/** Of the types that occur, and of those inside of redundancy (RFC 2198, section 5: `a=fmtp:63 111/111`). */
function bindingsOf({ uses, context, userBindings, lastFrame }: RtpStream): PayloadBinding[] {
  const own = uses.flatMap(({ binding }) => (binding ? [binding] : []));
  const carried = own
    .filter(({ encodingName }) => encodingName.toLowerCase() === 'red')
    .flatMap(({ fmtp }) => fmtp.split('/').map(Number));
  const inside = [...new Set(carried)].filter((type) => own.every(({ payloadType }) => payloadType !== type));
  return [
    ...own,
    ...inside.flatMap(
      (type) =>
        userBindings.get(type) ??
        payloadInForce(context.received, type, lastFrame) ??
        payloadInForce(context.sent, type, lastFrame) ??
        [],
    ),
  ];
}

function concatenate(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
