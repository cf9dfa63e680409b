import { annexB } from '#engine/containers/annex-b';
import { RpcFailure } from '../../workers/rpc/protocol';
import type { PayloadReader } from '../payload-reader';
import type { MuxPacket, MuxVideoCodec, VideoTrack } from './container-writer';
import { codedPictures, type VideoPlan } from './video-plan';

const muxCodecs: Readonly<Record<string, MuxVideoCodec>> = {
  h264: 'avc',
  h265: 'hevc',
  vp8: 'vp8',
  vp9: 'vp9',
  av1: 'av1',
};

/** What containers call the format of a stream; null for formats that travel another way. */
export function muxCodecOf(plan: VideoPlan): MuxVideoCodec | null {
  return muxCodecs[plan.table.format.codec.id] ?? null;
}

/**
 * The captured bits as a track; `originSeconds` is time 0 of the file on the axis of the capture. Fails with
 * `no-parameter-sets` where nothing ever said how the pictures are to be decoded.
 */
export function capturedTrack(plan: VideoPlan, reader: PayloadReader, originSeconds: number): VideoTrack {
  const codec = muxCodecOf(plan);
  const { description, table } = plan;
  if (!codec) throw new Error(`${table.format.codec.id} has no track`);
  if (!description?.codecString) throw noParameters(plan);
  return {
    codec,
    config: { codec: description.codecString, codedWidth: description.width, codedHeight: description.height },
    clockRateHz: table.format.parameters.clockRateHz,
    packets: packetsOf(plan, reader, originSeconds, codec === 'avc' || codec === 'hevc'),
  };
}

function* packetsOf(
  plan: VideoPlan,
  reader: PayloadReader,
  originSeconds: number,
  hasNalUnits: boolean,
): Generator<MuxPacket> {
  let isFirst = true;
  for (const { units, timeSeconds, durationSeconds, isEntry } of codedPictures(plan, reader)) {
    // A container takes the parameter sets from the first packet: there they stand, wherever they came from.
    const all = hasNalUnits && isFirst ? withParameterSets(units, plan.table.parameterSets) : units;
    isFirst = false;
    const data = hasNalUnits ? annexB(all) : units[0];
    yield { data, isKey: isEntry, timeSeconds: timeSeconds - originSeconds, durationSeconds };
  }
}

/** Parameter sets that the picture does not have itself go before it. */
export function withParameterSets(units: readonly Uint8Array[], sets: readonly Uint8Array[]): Uint8Array[] {
  const isThere = (set: Uint8Array): boolean => units.some((unit) => unit[0] === set[0]);
  return [...sets.filter((set) => !isThere(set)), ...units];
}

function noParameters({ streamId, table }: VideoPlan): RpcFailure {
  const name = table.format.codec.encodingName;
  return new RpcFailure({
    code: 'no-parameter-sets',
    message: `Nothing in the capture or its signalling says how this ${name} is to be decoded (no parameter sets).`,
    where: streamId,
    hint: 'Capture from the beginning of the stream, or export the elementary stream with --format raw.',
  });
}
