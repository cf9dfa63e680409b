import type { AudioFacts, VideoFacts } from '#shared/model/stream';
import { findCodec, latmConfig, type VideoDescription, type VideoInspector } from '../../codecs';
import { nalRanges } from '../../containers/annex-b';
import {
  ac3Frame,
  adtsFrame,
  type AudioFrame,
  type EsCodec,
  type EsUnit,
  mpegAudioFrame,
} from '../../containers/mpeg-es';
import { rateOf } from '../video/facts';

export const ticksPerSecond = 90_000;
const timestampWrap = 2 ** 33;
/** Times that a frame rate is told from. */
const maxTimes = 1024;
const loasHeader = 3;

/** Makes time stamps of 33 bits that belong together comparable: those of one program. */
export class ProgramClock {
  private reference = Number.NaN;

  /** The time without wraps that is nearest to the one before; NaN stays NaN. */
  extend(ticks: number): number {
    if (Number.isNaN(ticks)) return ticks;
    const wraps = Number.isNaN(this.reference) ? 0 : Math.round((this.reference - ticks) / timestampWrap);
    this.reference = ticks + wraps * timestampWrap;
    return this.reference;
  }
}

export const isVideoCodec = (codec: EsCodec): boolean =>
  codec === 'H264' || codec === 'H265' || codec === 'MPV' || codec === 'MP4V-ES';

/** Encoding name as streams of RTP have it. */
export const encodingName = (codec: EsCodec): string => (codec === 'AAC-LATM' ? 'AAC' : codec);

/** What the access units of an elementary stream tell of it. */
export class EsFacts {
  units = 0;
  keyUnits = 0;
  damaged = 0;
  bytes = 0;
  firstFrame = 0;
  firstTimeNs = 0;
  lastTimeNs = 0;
  description: VideoDescription | null = null;
  sampleRateHz = 0;
  channels = 0;
  /** Ticks of 90 kHz that the units last, as far as they say. */
  duration = 0;
  private readonly inspector: VideoInspector | null;
  private readonly times: number[] = [];
  private readonly frame: AudioFrame = { bytes: 0, samples: 0, sampleRateHz: 0, channels: 0 };
  private frameSamples = 0;

  constructor(readonly codec: EsCodec) {
    const parameters = { clockRateHz: ticksPerSecond, channels: 1 };
    this.inspector = isVideoCodec(codec) ? (findCodec(codec)?.createInspector?.(parameters) ?? null) : null;
  }

  /** `pts` without wraps. */
  take(unit: EsUnit, pts: number): void {
    if (this.units === 0) {
      this.firstFrame = unit.frame;
      this.firstTimeNs = unit.timeNs;
    }
    this.units += 1;
    if (unit.isKey) this.keyUnits += 1;
    if (unit.isDamaged) this.damaged += 1;
    this.bytes += unit.end - unit.start;
    this.lastTimeNs = unit.timeNs;
    if (!Number.isNaN(pts) && this.times.length < maxTimes) this.times.push(pts / ticksPerSecond);
    if (this.inspector) {
      if (unit.isKey || this.description === null) this.inspect(unit, this.inspector);
    } else if (!unit.isDamaged) {
      this.listen(unit);
    }
  }

  get video(): VideoFacts {
    const { description } = this;
    return {
      width: description?.width ?? null,
      height: description?.height ?? null,
      frames: this.units,
      keyFrames: this.keyUnits,
      damagedFrames: this.damaged,
      frameRate: rateOf(Float64Array.from(this.times), description?.frameRate ?? null),
    };
  }

  /** Null while no frame told the rate. */
  get audio(): AudioFacts | null {
    const { sampleRateHz, channels } = this;
    if (sampleRateHz === 0) return null;
    return { sampleRateHz, channels, seconds: this.duration / ticksPerSecond };
  }

  /** Ticks that a unit lasts; 0 when nothing tells. */
  durationOf(unit: EsUnit): number {
    if (unit.duration > 0 || this.sampleRateHz === 0) return unit.duration;
    return (this.frameSamples * ticksPerSecond) / this.sampleRateHz;
  }

  private inspect({ bytes, start, end, isKey, isDamaged }: EsUnit, inspector: VideoInspector): void {
    const own = bytes.slice(start, end);
    const units: Uint8Array[] = [];
    if (this.codec === 'H264' || this.codec === 'H265') {
      const ranges = nalRanges(own);
      for (let i = 0; i < ranges.length; i += 2) units.push(own.subarray(ranges[i], ranges[i + 1]));
    } else {
      units.push(own);
    }
    inspector.push({ timestamp: 0, units, isKey, isDamaged, followsGap: false, gaps: [], frames: [] });
    this.description = inspector.description ?? this.description;
  }

  private listen(unit: EsUnit): void {
    const { bytes, start } = unit;
    const { codec, frame } = this;
    if (codec === 'PCMA' || codec === 'PCMU') {
      this.sampleRateHz = 8000;
      this.channels = 1;
    } else if (codec === 'OPUS') {
      this.sampleRateHz = 48_000;
      if (this.channels === 0) this.channels = bytes[start] & 4 ? 2 : 1;
    } else if (codec === 'AAC-LATM') {
      const config = this.sampleRateHz === 0 ? latmConfig(bytes.slice(start + loasHeader, unit.end)) : null;
      if (config) {
        this.sampleRateHz = config.sampleRateHz;
        this.channels = config.channels;
        this.frameSamples = (config.coreFrameSamples * config.sampleRateHz) / config.coreRateHz;
      }
    } else {
      const reader = codec === 'AAC' ? adtsFrame : codec === 'MPA' ? mpegAudioFrame : ac3Frame;
      if (reader.read(bytes, start, frame)) {
        this.sampleRateHz = frame.sampleRateHz;
        this.channels = frame.channels || this.channels;
      }
    }
    this.duration += this.durationOf(unit);
  }
}
