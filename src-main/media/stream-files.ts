import { open, writeFile } from 'node:fs/promises';
import { packetColumns, type RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { playOrder } from '#engine/analysis/rtp/play-order';
import { accessUnits, streamFormat } from '#engine/analysis/video/access-units';
import { encodeBase64 } from '#engine/bytes/base64';
import { rtpdumpHeader, rtpdumpRecord } from '#engine/containers/rtpdump';
import { formatEndpoint } from '#engine/net/endpoint';
import type { PayloadBinding } from '#engine/protocols/rtp/index';
import { type DescribedStream, writeSdp } from '#engine/protocols/sdp/index';
import { RpcFailure } from '../workers/rpc/protocol';
import type { Written } from './export-file';
import type { PayloadReader } from './payload-reader';
import { lostIn } from './raw-file';
import type { RenderOptions } from './render';
import { type MediaInput, withReader } from './source';

/** Packets written between two looks at the signal. */
const batch = 4096;
/** Access units that are searched for parameter sets. */
const maxSearched = 2000;
/** Where players and `tapdeck replay` meet. */
export const loopback = '127.0.0.1';

/** Every captured packet of a stream, with its time, in the order of the capture: what rtpplay sends again. */
export async function writeRtpdump(input: MediaInput, path: string, options: RenderOptions): Promise<Written> {
  const stream = theStream(input);
  const { wire, timeNs, count } = stream;
  const epochNs = (wire.epochNs ?? 0n) + BigInt(Math.round(timeNs[0] ?? 0));
  const { address, port } = wire.destination;
  const seconds = Number(epochNs / 1_000_000_000n);
  const microseconds = Number((epochNs % 1_000_000_000n) / 1000n);
  const columns = packetColumns(stream);
  await withReader(input, async (reader) => {
    const file = await open(path, 'wx');
    try {
      await file.appendFile(rtpdumpHeader({ address, port, seconds, microseconds }));
      for (let from = 0; from < count; from += batch) {
        options.signal?.throwIfAborted();
        const pieces: Uint8Array[] = [];
        for (let i = from; i < Math.min(count, from + batch); i += 1) {
          const packet = reader.read(columns, i);
          const sent = packet.length + stream.payloadMissing[i];
          pieces.push(rtpdumpRecord(packet.length, sent, (timeNs[i] - timeNs[0]) / 1e6), packet.slice());
        }
        await file.appendFile(Buffer.concat(pieces));
        options.onProgress?.(Math.min(1, (from + batch) / count));
      }
    } finally {
      await file.close();
    }
  });
  return written(stream, 'application/x-rtpdump');
}

/** A description by which a player on this machine receives the stream when it is sent again. */
export async function writeStreamSdp(input: MediaInput, path: string): Promise<Written> {
  const stream = theStream(input);
  const bindings = await withReader(input, (reader) => Promise.resolve(completed(stream, reader)));
  const { source, destination, ssrc } = stream.wire;
  const described: DescribedStream = {
    kind: stream.kind,
    title: stream.label,
    information:
      `Captured from ${formatEndpoint(source)} to ${formatEndpoint(destination)}, ` +
      `SSRC 0x${ssrc.toString(16).padStart(8, '0')}; to be received on this machine`,
    address: loopback,
    port: destination.port,
    isEncrypted: stream.isEncrypted === true,
    payloadTypes: payloadTypesOf(stream),
    bindings,
  };
  await writeFile(path, writeSdp(described), { flag: 'wx' });
  return written(stream, 'application/sdp');
}

function theStream({ kind, streams }: MediaInput): MediaInput['streams'][number] {
  const [stream] = streams;
  if (kind !== 'call' && stream) return stream;
  throw new RpcFailure({
    code: 'format-needs-stream',
    message: 'Packets are saved or sent of a stream, not of a call.',
    hint: 'Choose one of its streams.',
  });
}

function payloadTypesOf({ count, payloadType }: RtpMediaIndex): number[] {
  const packets = new Map<number, number>();
  for (let i = 0; i < count; i += 1) packets.set(payloadType[i], (packets.get(payloadType[i]) ?? 0) + 1);
  return [...packets].sort((a, b) => b[1] - a[1]).map(([type]) => type);
}

/** Bindings with the parameter sets that the stream itself carries, where nobody had signalled them. */
function completed(stream: RtpMediaIndex, reader: PayloadReader): PayloadBinding[] {
  const format = streamFormat(stream);
  const id = format?.codec.id;
  if (!format || (id !== 'h264' && id !== 'h265') || /sprop-/i.test(format.parameters.fmtp ?? '')) {
    return [...stream.bindings];
  }
  const inspector = format.codec.createInspector?.(format.parameters);
  let searched = 0;
  for (const { unit } of accessUnits(stream, format, reader)) {
    inspector?.push(unit);
    searched += 1;
    if (inspector?.description || searched >= maxSearched) break;
  }
  const sets = inspector?.parameterSets ?? [];
  const added = id === 'h264' ? h264Parameters(sets) : h265Parameters(sets);
  return stream.bindings.map((binding) =>
    format.payloadTypes.has(binding.payloadType) ? { ...binding, fmtp: joined(binding.fmtp, added) } : binding,
  );
}

/** RFC 6184, section 8.1: what receivers have to know of a stream that uses fragments. */
function h264Parameters(sets: readonly Uint8Array[]): string[] {
  const sps = sets.find((unit) => (unit[0] & 0x1f) === 7);
  if (!sps) return ['packetization-mode=1'];
  const profile = [...sps.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const list = sets.map(encodeBase64).join(',');
  return ['packetization-mode=1', `profile-level-id=${profile}`, `sprop-parameter-sets=${list}`];
}

/** RFC 7798, section 7.1. */
function h265Parameters(sets: readonly Uint8Array[]): string[] {
  const names = new Map([
    [32, 'sprop-vps'],
    [33, 'sprop-sps'],
    [34, 'sprop-pps'],
  ]);
  return [...names].flatMap(([type, name]) => {
    const own = sets.filter((unit) => ((unit[0] >> 1) & 0x3f) === type);
    return own.length === 0 ? [] : [`${name}=${own.map(encodeBase64).join(',')}`];
  });
}

/** Parameters that are not there yet go behind those that are. */
function joined(fmtp: string, added: readonly string[]): string {
  const known = fmtp.split(';').map((part) => part.split('=', 1)[0].trim().toLowerCase());
  const missing = added.filter((part) => !known.includes(part.split('=', 1)[0]));
  return [fmtp.replace(/;\s*$/, ''), ...missing].filter((part) => part !== '').join(';');
}

function written(stream: MediaInput['streams'][number], mime: string): Written {
  const { packets, duplicates } = playOrder(stream);
  let truncated = 0;
  for (let i = 0; i < stream.count; i += 1) if (stream.payloadMissing[i] > 0) truncated += 1;
  return {
    mime,
    audio: null,
    packets: { first: stream.frame[0] ?? 0, last: stream.frame[stream.count - 1] ?? 0, count: stream.count },
    lostPackets: lostIn(packets, stream),
    duplicatePackets: duplicates.length,
    truncatedPackets: truncated,
    unplayablePackets: 0,
    isCopied: true,
    decodedBy: null,
  };
}
