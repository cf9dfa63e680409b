import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { accessUnits, streamFormat } from '#engine/analysis/video/access-units';
import { shownPictures } from '#engine/analysis/video/damage';
import { type PictureTable, surveyPictures } from '#engine/analysis/video/picture-table';
import { entryPoints, presentationOrder, presentationTimes } from '#engine/analysis/video/presentation';
import type { VideoDescription } from '#engine/codecs/index';
import type { DamageMode, VideoFrameTable } from '#shared/model/video';
import { RpcFailure } from '../../workers/rpc/protocol';
import type { PayloadReader } from '../payload-reader';

/** A coded picture as it is written, in decoding order. */
export interface CodedPicture {
  readonly units: readonly Uint8Array[];
  /** Seconds on the time axis of the capture. */
  readonly timeSeconds: number;
  readonly durationSeconds: number;
  /** A file can be entered here. */
  readonly isEntry: boolean;
}

/** What a video is made of, whatever carried it: all its pictures, and a way to read them. */
export interface PictureSource {
  /** Id of its row in the streams table. */
  readonly streamId: string;
  readonly table: PictureTable;
  /** Of presentation, in decoding order, on the time axis of the capture. */
  readonly times: Float64Array;
  /** NAL units without start codes, or the whole picture as one unit, of each picture of the table. */
  readonly units: (reader: PayloadReader) => Iterable<readonly Uint8Array[]>;
  /** What a person should know of it. */
  readonly notes: readonly string[];
}

/** What will be written of a video stream, known before the first picture is. */
export interface VideoPlan extends PictureSource {
  readonly mode: DamageMode;
  readonly shown: Uint8Array;
  readonly shownCount: number;
  /** Of the first picture shown. */
  readonly description: VideoDescription | null;
  readonly firstSeconds: number;
  /** Behind the last picture shown. */
  readonly endSeconds: number;
}

/** Step between pictures where one alone does not tell. */
const defaultStepSeconds = 0.04;

/**
 * Goes through an RTP stream once and decides what is shown when. Fails with `codec-not-playable` for streams that are
 * no video that can be taken apart, and as `planPictures` does.
 */
export function planVideo(index: RtpMediaIndex, reader: PayloadReader, mode: DamageMode): VideoPlan {
  const format = streamFormat(index);
  if (!format) throw notVideo(index);
  const table = surveyPictures(index, format, reader);
  const times = presentationTimes(table, format.parameters.clockRateHz);
  function* units(from: PayloadReader): Generator<readonly Uint8Array[]> {
    for (const { unit } of accessUnits(index, table.format, from)) yield unit.units;
  }
  return planPictures({ streamId: index.streamId, table, times, units, notes: [] }, mode);
}

/** Decides what is shown. Fails with `no-picture` when nothing whole is in it, `no-intact-key` when `clean` leaves nothing. */
export function planPictures(source: PictureSource, mode: DamageMode): VideoPlan {
  const { table, times } = source;
  const shown = shownPictures(table, mode);
  const order = presentationOrder(times).filter((i) => shown[i] === 1);
  if (order.length === 0) throw nothingShown(source);
  const firstSeconds = times[order[0]];
  const last = times[order[order.length - 1]];
  const { descriptions } = table;
  const first = descriptions.filter(({ picture }) => picture <= shown.indexOf(1)).pop() ?? descriptions[0];
  return {
    ...source,
    mode,
    shown,
    shownCount: order.length,
    description: first?.description ?? null,
    firstSeconds,
    endSeconds: last + stepBefore(times, order),
    notes: [...source.notes, ...notesOf(table, shown, times, firstSeconds)],
  };
}

/** Reads the pictures that are shown, in decoding order. */
export function* codedPictures(plan: VideoPlan, reader: PayloadReader): Generator<CodedPicture> {
  const { table, times, shown } = plan;
  const kept = times.filter((_, i) => shown[i] === 1);
  const entries = entryPoints(
    kept,
    table.isKey.filter((_, i) => shown[i] === 1),
  );
  const durations = durationsOf(kept, plan.endSeconds);
  let picture = 0;
  let written = 0;
  let isFirst = true;
  for (const units of plan.units(reader)) {
    if (picture >= table.count) return;
    if (shown[picture]) {
      const [timeSeconds, durationSeconds] = [kept[written], durations[written]];
      // Bytes that hold nothing of a picture: the one before stands in its place.
      if (units.length > 0) yield { units, timeSeconds, durationSeconds, isEntry: isFirst || entries[written] === 1 };
      isFirst &&= units.length === 0;
      written += 1;
    }
    picture += 1;
  }
}

/** The table that a panel shows: in the order of presentation, times on the axis of the file. */
export function frameTable({ table, times, shown }: VideoPlan, originSeconds: number): VideoFrameTable {
  const order = presentationOrder(times);
  const frameStart = new Uint32Array(order.length + 1);
  const frames = new Uint32Array(table.frames.length);
  let filled = 0;
  order.forEach((picture, i) => {
    const own = table.frames.subarray(table.frameStart[picture], table.frameStart[picture + 1]);
    frames.set(own, filled);
    filled += own.length;
    frameStart[i + 1] = filled;
  });
  return {
    count: order.length,
    timeSeconds: Float64Array.from(order, (picture) => times[picture] - originSeconds),
    isKey: Uint8Array.from(order, (picture) => table.isKey[picture]),
    isDamaged: Uint8Array.from(order, (picture) => table.isDamaged[picture]),
    isShown: Uint8Array.from(order, (picture) => shown[picture]),
    lostPackets: Uint32Array.from(order, (picture) => table.lost[picture]),
    frameStart,
    frames,
  };
}

/** A picture stands until the next one is presented. */
function durationsOf(times: Float64Array, endSeconds: number): Float64Array {
  const order = presentationOrder(times);
  const durations = new Float64Array(times.length);
  order.forEach((picture, i) => {
    const next = i + 1 < order.length ? times[order[i + 1]] : endSeconds;
    durations[picture] = next - times[picture];
  });
  return durations;
}

/** The last picture lasts as long as the one before it, at most a second. */
function stepBefore(times: Float64Array, order: Uint32Array): number {
  if (order.length < 2) return defaultStepSeconds;
  const step = times[order[order.length - 1]] - times[order[order.length - 2]];
  return step > 0 && step <= 1 ? step : defaultStepSeconds;
}

function notesOf(table: PictureTable, shown: Uint8Array, times: Float64Array, firstSeconds: number): string[] {
  const notes: string[] = [];
  const { descriptions, count } = table;
  for (const { picture, description } of descriptions.slice(1)) {
    const at = (times[picture] - firstSeconds).toFixed(3);
    notes.push(`The pictures become ${description.width}x${description.height} at ${at} s.`);
  }
  const hidden = shown.reduce((sum, flag) => sum + 1 - flag, 0);
  if (hidden > 0)
    notes.push(`${hidden} of ${count} pictures are left out: damaged, empty, or in want of a damaged one.`);
  if (table.isCut) notes.push('The stream has more pictures than are read: its end is left out.');
  return notes;
}

function notVideo(index: RtpMediaIndex): RpcFailure {
  const names = index.bindings.map(({ encodingName }) => encodingName).join(', ');
  return new RpcFailure({
    code: 'codec-not-playable',
    message: index.isEncrypted
      ? 'The video is encrypted.'
      : `${names || 'This payload'} cannot be shown as video in this version.`,
    where: index.streamId,
    hint: 'Save the raw payload instead.',
  });
}

function nothingShown({ streamId, table }: PictureSource): RpcFailure {
  const hasAny = table.bytes.some((bytes) => bytes > 0);
  return new RpcFailure(
    hasAny
      ? {
          code: 'no-intact-key',
          message: 'No key picture came whole, so no picture can be shown without damage.',
          where: streamId,
          hint: 'Show or export it as captured (faithful), damage included.',
        }
      : { code: 'no-picture', message: 'No whole part of any picture is in the capture.', where: streamId },
  );
}
