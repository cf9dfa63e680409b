import { type AddressedBytes, readExtents } from '../../bytes/extents';
import type { FlvTag } from '../../containers/flv-demuxer';
import { flvPictureSize } from '../../containers/flv-picture-size';
import { FlvMediaHeader, FlvTagType, readAudioHeader, readVideoHeader } from '../../containers/flv-tag';
import { amfMember, amfNumber, amfString, type AmfValue, readAmf0 } from '../../protocols/rtmp';
import type { MediaSamples } from '../sessions/media-samples';
import { FlvTrack } from './flv-track';

/** Parameters of a codec are not longer; more tracks than a multitrack stream has. */
const maxConfigBytes = 64 << 10;
const maxTracks = 16;
/** Media time runs with the capture's when it advances so much more or less. */
const liveRatio = 2;
/** So much of it must have been seen to tell. */
const liveSeconds = 2;

/** What became of a tag, for whoever shows it; reused. */
export interface TagOutcome {
  readonly header: FlvMediaHeader;
  /** Null when it means nothing, or carries no track. */
  readonly track: FlvTrack | null;
  /** It became a sample of the track. */
  readonly isSample: boolean;
}

/**
 * Makes tracks of samples of the audio, video and script tags of one FLV or of one RTMP message stream. Payloads stay
 * where they are; `bytes` is read for parameters of codecs alone.
 *
 * Times count from the first tag, without the wraps of 32 bits. Where messages say only how much time has passed since
 * one that was lost, the time is estimated: from the capture's where the media came as it was made, else from what is
 * left, which then is too short.
 */
export class FlvMedia {
  readonly tracks: FlvTrack[] = [];
  /** Of `onMetaData`, the last one. */
  metadata: AmfValue | null = null;
  /** Kinds of media that are there, but not made tracks of: one sentence each. */
  private readonly remarks = new Set<string>();
  private readonly header = new FlvMediaHeader();
  private lastMs = 0;
  private hasTime = false;
  /** Of the first sample, in media time and in capture time. */
  private firstMs = 0;
  private firstNs = 0;

  /** @param streamId makes ids for the rows of its tracks */
  constructor(
    private readonly bytes: AddressedBytes,
    private readonly streamId: (kind: 'video' | 'audio', trackId: number) => string,
  ) {}

  /** Takes a tag, or a message that is one. */
  push(tag: FlvTag): TagOutcome {
    const { header } = this;
    const { head, headLength, type } = tag;
    if (tag.lostBefore > 0) for (const track of this.tracks) track.pendingMissing += tag.lostBefore;
    if (type === FlvTagType.script) this.takeData(readAmf0(head, 0, headLength).values);
    if (type === (FlvTagType.audio | 0x20) || type === (FlvTagType.video | 0x20)) {
      this.remarks.add('There are encrypted tags: they are kept in the file, but cannot be shown.');
    }
    const isVideo = type === FlvTagType.video;
    const isMedia = isVideo || type === FlvTagType.audio;
    const isRead = isMedia && (isVideo ? readVideoHeader : readAudioHeader)(head, 0, headLength, header);
    if (!isRead) return { header, track: null, isSample: false };
    if (header.isMultitrack) {
      this.remarks.add(`Messages with several ${header.codec || 'video or audio'} tracks are kept in the file only.`);
      return { header, track: null, isSample: false };
    }
    const track = this.trackOf(isVideo ? 'video' : 'audio', header);
    if (!track) return { header, track: null, isSample: false };
    if (header.packet === 'config') this.config(track, tag, header.bodyStart);
    const isSample = header.packet === 'frame' && tag.length > header.bodyStart;
    if (isSample) this.sample(track, tag, header);
    return { header, track, isSample };
  }

  /** Values of a data message. A publisher has the server pass them on: `@setDataFrame` stands before them. */
  takeData(values: readonly AmfValue[]): void {
    const own = amfString(values[0]) === '@setDataFrame' ? values.slice(1) : values;
    const [name, value] = own;
    if (amfString(name) === 'onMetaData' && value?.type === 'object') this.metadata = value;
  }

  get hasSamples(): boolean {
    return this.tracks.some(({ count }) => count > 0);
  }

  /** Capture time at which media time 0 stands, seconds: the first sample is decoded when it comes. */
  get originSeconds(): number {
    return this.firstNs / 1e9 - this.firstMs / 1000;
  }

  /** Null without samples. `only` is a track that stands alone. */
  samples(sourceId: string, title: string, only: FlvTrack | null = null): MediaSamples | null {
    const chosen = (only ? [only] : this.tracks).filter(({ count }) => count > 0);
    if (chosen.length === 0) return null;
    const video = chosen.find(({ kind }) => kind === 'video');
    const shown = [...(video ? [video] : []), ...chosen.filter(({ kind }) => kind === 'audio')];
    const { originSeconds } = this;
    const claimed = this.claimed();
    return {
      sourceId,
      title,
      tracks: shown.map((track) => track.sampleTrack(originSeconds, claimed)),
      notes: this.notes(shown),
    };
  }

  /** What the metadata say of the picture. */
  claimed(): { width: number | null; height: number | null; frameRate: number | null } {
    const positive = (name: string): number | null => {
      const value = amfNumber(amfMember(this.metadata ?? undefined, name));
      return value !== null && value > 0 && value <= 65_535 ? value : null;
    };
    return { width: positive('width'), height: positive('height'), frameRate: positive('framerate') };
  }

  private notes(shown: readonly FlvTrack[]): string[] {
    const notes = [...this.remarks];
    for (const track of shown) {
      const name = `${track.kind === 'video' ? 'Video' : 'Audio'} (${track.codec})`;
      if (track.estimated > 0) {
        notes.push(
          `${name}: the times of ${track.estimated} of ${track.count} samples are estimates: what they are counted from was lost.`,
        );
      }
      if (track.damaged > 0) notes.push(`${name}: ${track.damaged} of ${track.count} samples lack bytes.`);
      if (track.configChanges > 0) {
        notes.push(
          `${name}: the parameters of the codec change ${track.configChanges} times; the first ones are used.`,
        );
      }
      if (needsConfig(track.codec) && !track.config) {
        notes.push(
          `${name}: the parameters of the codec were sent before the capture began: without them it cannot be decoded.`,
        );
      }
    }
    return notes;
  }

  private trackOf(
    kind: 'video' | 'audio',
    { codec, trackId, sampleRateHz, channels }: FlvMediaHeader,
  ): FlvTrack | null {
    for (const track of this.tracks) {
      if (track.kind === kind && track.trackId === trackId && track.codec === codec) return track;
    }
    if (codec === '' || this.tracks.length >= maxTracks) return null;
    const number = this.tracks.filter((track) => track.kind === kind).length;
    const track = new FlvTrack(this.streamId(kind, number), kind, trackId, codec);
    track.sampleRateHz = sampleRateHz;
    track.channels = channels;
    this.tracks.push(track);
    return track;
  }

  private config(track: FlvTrack, { extents, head, headLength, length }: FlvTag, from: number): void {
    if (extents.missing > 0 || length <= from || length > maxConfigBytes) return;
    const bytes = headLength === length ? head.subarray(from, length) : readExtents(this.bytes, extents, from, length);
    track.addConfig(bytes);
  }

  private sample(track: FlvTrack, tag: FlvTag, header: FlvMediaHeader): void {
    const { extents, firstFrame, head, headLength, isCut, timeNs } = tag;
    const { bodyStart, codec, compositionMs, isKey } = header;
    // The adjustment of the picture, which stands before it (E.4.3.1).
    const isVp6 = codec === 'VP6F' || codec === 'VP6A';
    if (isVp6) track.addConfig(head.subarray(bodyStart - 1, bodyStart));
    if (isKey && !track.size)
      track.size = flvPictureSize(codec, head, bodyStart, headLength, isVp6 ? head[bodyStart - 1] : 0);
    const decodeMs = this.timeOf(track, tag);
    const missing = extents.missing + track.pendingMissing;
    track.pendingMissing = 0;
    const isDamaged = isCut || extents.missing > 0;
    track.add({ decodeMs, compositionMs, isKey, isDamaged, missing, frame: firstFrame, timeNs }, extents, bodyStart);
  }

  /** Time of a tag on the axis of the session. */
  private timeOf(track: FlvTrack, { isTimeKnown, resumption, timeNs, timestampMs }: FlvTag): number {
    if (!this.hasTime) {
      this.hasTime = true;
      this.firstNs = timeNs;
      this.firstMs = timestampMs;
      this.lastMs = timestampMs;
    }
    // Modulo 2^32, nearest to what came last.
    const reference = track.count > 0 ? track.lastDecodeMs - track.adjustMs : this.lastMs;
    const stated = reference + ((timestampMs - reference) | 0);
    if (isTimeKnown) {
      track.adjustMs = 0;
      const decodeMs = this.lastMs + ((timestampMs - this.lastMs) | 0);
      this.lastMs = decodeMs;
      track.resumption = resumption;
      return decodeMs;
    }
    if (track.resumption !== resumption) {
      track.adjustMs = Math.round(this.estimate(track, stated, timeNs)) - stated;
      track.resumption = resumption;
    }
    track.estimated += 1;
    const decodeMs = stated + track.adjustMs;
    this.lastMs = decodeMs;
    return decodeMs;
  }

  private estimate(track: FlvTrack, stated: number, timeNs: number): number {
    const sinceAnchorMs = (timeNs - this.firstNs) / 1e6;
    if (track.count === 0) return this.firstMs + sinceAnchorMs;
    const atLeast = stated + track.adjustMs;
    const media = track.lastDecodeMs - this.firstMs;
    const captured = (track.lastTimeNs - this.firstNs) / 1e6;
    const isTelling = media >= 1000 * liveSeconds;
    const isLive = isTelling && captured > media / liveRatio && captured < media * liveRatio;
    return isLive ? Math.max(atLeast, this.firstMs + sinceAnchorMs) : atLeast;
  }
}

const needsConfig = (codec: string): boolean => ['H264', 'H265', 'H266', 'AAC'].includes(codec);
