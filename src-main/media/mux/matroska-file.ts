import { open } from 'node:fs/promises';
import { annexB } from '#engine/containers/annex-b';
import { bitmapInfoHeader, type MatroskaAudio, type MatroskaVideo, MatroskaWriter } from '#engine/containers/matroska';
import type { PayloadReader } from '../payload-reader';
import type { AudioTrack, MuxAudioCodec } from './container-writer';
import { codedPictures, type VideoPlan } from './video-plan';
import { withParameterSets } from './video-track';

/** Names of formats in Matroska; those without one of their own go by the code of the older container. */
const matroskaIds: Readonly<Record<string, string>> = {
  h264: 'V_MPEG4/ISO/AVC',
  h265: 'V_MPEGH/ISO/HEVC',
  vp8: 'V_VP8',
  vp9: 'V_VP9',
  av1: 'V_AV1',
  jpeg: 'V_MJPEG',
  mpv: 'V_MPEG2',
  'mp4v-es': 'V_MPEG4/ISO/ASP',
};
const soundIds: Readonly<Record<MuxAudioCodec, string>> = {
  aac: 'A_AAC',
  opus: 'A_OPUS',
  mp3: 'A_MPEG/L3',
  ac3: 'A_AC3',
  eac3: 'A_EAC3',
  flac: 'A_FLAC',
};
const fourCcs: Readonly<Record<string, string>> = {
  flv1: 'FLV1',
  vp6: 'VP60',
  vp6f: 'VP6F',
  vp6a: 'VP6A',
  h261: 'H261',
  h263: 'H263',
  'h263-1998': 'H263',
  'h263-2000': 'H263',
};

/** Sizes where the bits have not said any: the decoder finds out. */
const unknownSize = { width: 16, height: 16 };

function videoEntry({ table, description }: VideoPlan): MatroskaVideo {
  const { width, height } = description ?? unknownSize;
  const { id } = table.format.codec;
  const fourCc = fourCcs[id];
  if (fourCc) {
    const codecPrivate = bitmapInfoHeader(fourCc, width, height);
    return { codecId: 'V_MS/VFW/FOURCC', codecPrivate, width, height };
  }
  const codecId = id === 'mpv' && description?.profile === 'MPEG-1' ? 'V_MPEG1' : (matroskaIds[id] ?? 'V_UNCOMPRESSED');
  const [configuration] = table.parameterSets;
  return { codecId, codecPrivate: id === 'mp4v-es' ? (configuration ?? null) : null, width, height };
}

/** Bytes of a picture as ffmpeg's decoders take them without any header. */
function pictureBytes(plan: VideoPlan, units: readonly Uint8Array[], isFirst: boolean): Uint8Array {
  const { id } = plan.table.format.codec;
  if (id !== 'h264' && id !== 'h265') return units[0];
  return annexB(isFirst ? withParameterSets(units, plan.table.parameterSets) : units);
}

/** From an entry to the next one at or behind a time; seconds on the axis of the capture. */
export interface PictureRange {
  readonly entrySeconds: number;
  readonly untilSeconds: number;
  /** Pictures at these times alone; all without it. */
  readonly only?: ReadonlySet<number>;
}

const everything: PictureRange = { entrySeconds: Number.NEGATIVE_INFINITY, untilSeconds: Number.POSITIVE_INFINITY };

/** Microseconds: the times of the capture reach ffmpeg as they are. */
const pipeScaleNs = 1000;
const fileScaleNs = 1_000_000;

/** Feeds the pictures of a plan, or of a part of it, with their times to whoever reads Matroska from a pipe. */
export async function feedMatroska(
  plan: VideoPlan,
  reader: PayloadReader,
  originSeconds: number,
  write: (bytes: Uint8Array) => Promise<void>,
  { entrySeconds, untilSeconds, only }: PictureRange = everything,
): Promise<void> {
  const writer = new MatroskaWriter(videoEntry(plan), null, pipeScaleNs, plan.endSeconds - originSeconds);
  await write(writer.header());
  let isFirst = true;
  for (const { units, timeSeconds, isEntry } of codedPictures(plan, reader)) {
    if (isEntry && timeSeconds >= untilSeconds) break;
    if (isFirst && (!isEntry || timeSeconds < entrySeconds)) continue;
    if (only && !only.has(timeSeconds)) continue;
    const data = pictureBytes(plan, units, isFirst);
    isFirst = false;
    const bytes = writer.block({ track: 1, timeSeconds: timeSeconds - originSeconds, isKey: isEntry, data });
    if (bytes.length > 0) await write(bytes);
  }
  await write(writer.finish().bytes);
}

/** Writes a file of a format that only Matroska takes. */
export async function writeMatroska(
  path: string,
  plan: VideoPlan,
  reader: PayloadReader,
  originSeconds: number,
  audio: AudioTrack | null,
  { signal, onTime }: { readonly signal?: AbortSignal; readonly onTime?: (seconds: number) => void },
): Promise<void> {
  const sound: MatroskaAudio | null = audio && {
    codecId: soundIds[audio.codec],
    codecPrivate: audio.config.description ?? null,
    sampleRateHz: audio.config.sampleRate,
    channels: audio.config.numberOfChannels,
  };
  const writer = new MatroskaWriter(videoEntry(plan), sound, fileScaleNs, plan.endSeconds - originSeconds);
  const file = await open(path, 'wx');
  try {
    const append = async (bytes: Uint8Array): Promise<void> => {
      if (bytes.length > 0) await file.appendFile(bytes);
    };
    await append(writer.header());
    const packets = audio?.packets[Symbol.asyncIterator]();
    let next = await packets?.next();
    const addSoundUntil = async (seconds: number): Promise<void> => {
      while (next && !next.done && next.value.timeSeconds <= seconds) {
        const { timeSeconds, data } = next.value;
        // Samples before time 0 are the run-up of the encoder.
        if (timeSeconds >= 0) await append(writer.block({ track: 2, timeSeconds, isKey: true, data }));
        next = await packets?.next();
      }
    };
    let isFirst = true;
    for (const { units, timeSeconds, isEntry } of codedPictures(plan, reader)) {
      signal?.throwIfAborted();
      const seconds = timeSeconds - originSeconds;
      await addSoundUntil(seconds);
      const data = pictureBytes(plan, units, isFirst);
      isFirst = false;
      await append(writer.block({ track: 1, timeSeconds: seconds, isKey: isEntry, data }));
      onTime?.(seconds);
    }
    await addSoundUntil(Number.POSITIVE_INFINITY);
    const { bytes, patches } = writer.finish();
    await append(bytes);
    for (const { offset, bytes: patch } of patches) await file.write(patch, 0, patch.length, offset);
  } finally {
    await file.close();
  }
}
