import type { AudioFacts, VideoFacts } from '#shared/model/stream';
import { Extents } from '../../bytes/extents';
import { findCodec, parseAacConfig, type VideoDescription } from '../../codecs/index';
import type { PictureSize } from '../../containers/flv-picture-size';
import { avcConfiguration, hevcConfiguration } from '../../containers/nal-configuration';
import type { SampleFraming, SampleTrack } from '../sessions/media-samples';
import { GrowingColumn } from '../video/growing-column';

/** What a sample is, beside its bytes. */
export interface SampleFacts {
  /** On the axis of the session, without wraps, milliseconds. */
  readonly decodeMs: number;
  readonly compositionMs: number;
  readonly isKey: boolean;
  readonly isDamaged: boolean;
  readonly missing: number;
  readonly frame: number;
  readonly timeNs: number;
}

/** Parameters of a codec that are kept: more changes are counted only. */
const maxConfigs = 64;
const stepsLookedAt = 999;

/** One track of FLV: video, or audio, or one of several in a multitrack stream. Columns, some 50 bytes a sample. */
export class FlvTrack {
  /** Bytes of its samples that came. */
  bytes = 0;
  damaged = 0;
  /** Bytes that are missing in samples. */
  missingInside = 0;
  keys = 0;
  firstFrame = 0;
  firstTimeNs = 0;
  lastTimeNs = 0;
  /** Decoding time of the sample before, and where times stand that are not known: see `FlvMedia`. */
  lastDecodeMs = 0;
  adjustMs = 0;
  resumption = -1;
  /** Samples whose times are estimates. */
  estimated = 0;
  /** Lost bytes before the next sample. */
  pendingMissing = 0;
  /** Of the sound, as tags say it. */
  sampleRateHz = 0;
  channels = 0;
  configChanges = 0;
  /** Of the picture, as one of its first pictures says it. */
  size: PictureSize | null = null;
  private readonly configs: Uint8Array[] = [];
  private readonly decodeMs = new GrowingColumn(Float64Array);
  private readonly compositionMs = new GrowingColumn(Float64Array);
  private readonly isKey = new GrowingColumn(Uint8Array);
  private readonly isDamaged = new GrowingColumn(Uint8Array);
  private readonly missing = new GrowingColumn(Uint32Array);
  private readonly frame = new GrowingColumn(Uint32Array);
  private readonly extentStart = new GrowingColumn(Uint32Array);
  private readonly extents = new Extents();
  private minPresentMs = Number.POSITIVE_INFINITY;
  private maxPresentMs = Number.NEGATIVE_INFINITY;
  private described: { readonly config: Uint8Array | null; readonly description: VideoDescription | null } | null =
    null;

  constructor(
    readonly id: string,
    readonly kind: 'video' | 'audio',
    readonly trackId: number,
    readonly codec: string,
  ) {}

  get count(): number {
    return this.decodeMs.length;
  }

  /** Parameters for the decoder: those before the first sample, or else the first ones. */
  get config(): Uint8Array | null {
    return this.configs[0] ?? null;
  }

  /** Media time of the first sample and behind the last one, ms. */
  get firstMs(): number {
    return this.count > 0 ? this.minPresentMs : 0;
  }

  get endMs(): number {
    return this.count > 0 ? this.maxPresentMs + this.usualStepMs() : 0;
  }

  addConfig(bytes: Uint8Array): void {
    const last = this.configs[this.configs.length - 1];
    if (last && isEqual(last, bytes)) return;
    if (last && this.count > 0) this.configChanges += 1;
    // Nothing was decoded with those before.
    if (this.count === 0) this.configs.length = 0;
    if (this.configs.length < maxConfigs) this.configs.push(bytes.slice());
  }

  /** Takes bytes `[from, extents.total)` of a message as a sample. */
  add(sample: SampleFacts, extents: Extents, from: number): void {
    const { decodeMs, compositionMs, isKey, isDamaged, missing, frame, timeNs } = sample;
    if (this.count === 0) {
      this.firstFrame = frame;
      this.firstTimeNs = timeNs;
    }
    this.lastTimeNs = Math.max(this.lastTimeNs, timeNs);
    this.lastDecodeMs = decodeMs;
    this.extentStart.push(this.extents.count);
    const { total, missing: missingBefore } = this.extents;
    this.extents.seal();
    this.extents.pushFrom(extents, from);
    const missingHere = this.extents.missing - missingBefore;
    this.missingInside += missingHere;
    this.bytes += this.extents.total - total - missingHere;
    this.decodeMs.push(decodeMs);
    this.compositionMs.push(compositionMs);
    this.isKey.push(isKey ? 1 : 0);
    this.isDamaged.push(isDamaged ? 1 : 0);
    this.missing.push(missing);
    this.frame.push(frame);
    if (isKey) this.keys += 1;
    if (isDamaged) this.damaged += 1;
    const presentMs = decodeMs + compositionMs;
    this.minPresentMs = Math.min(this.minPresentMs, presentMs);
    this.maxPresentMs = Math.max(this.maxPresentMs, presentMs);
  }

  /** `originSeconds`: where media time 0 stands on the axis of the capture. */
  sampleTrack(
    originSeconds: number,
    fallback: { readonly width: number | null; readonly height: number | null },
  ): SampleTrack {
    const { codec, count, extents, kind } = this;
    const decodeMs = this.decodeMs.values();
    const compositionMs = this.compositionMs.values();
    const extentStart = new Uint32Array(count + 1);
    extentStart.set(this.extentStart.values());
    extentStart[count] = extents.count;
    const description = this.description();
    const sound = this.sound();
    return {
      streamId: this.id,
      kind,
      codec,
      framing: framingOf(codec),
      config: this.config,
      width: kind === 'video' ? (description?.width ?? this.size?.width ?? fallback.width) : null,
      height: kind === 'video' ? (description?.height ?? this.size?.height ?? fallback.height) : null,
      sampleRateHz: sound?.sampleRateHz ?? null,
      channels: sound?.channels ?? null,
      count,
      timeSeconds: decodeMs.map((ms, i) => originSeconds + (ms + compositionMs[i]) / 1000),
      decodeSeconds: decodeMs.map((ms) => originSeconds + ms / 1000),
      isKey: this.isKey.values(),
      isDamaged: this.isDamaged.values(),
      missing: this.missing.values(),
      frame: this.frame.values(),
      extentStart,
      extents: extents.trimmed(),
    };
  }

  videoFacts(fallback: {
    readonly width: number | null;
    readonly height: number | null;
    readonly frameRate: number | null;
  }): VideoFacts {
    const description = this.description();
    return {
      width: description?.width ?? this.size?.width ?? fallback.width,
      height: description?.height ?? this.size?.height ?? fallback.height,
      frames: this.count,
      keyFrames: this.keys,
      damagedFrames: this.damaged,
      frameRate: this.frameRate(description?.frameRate ?? fallback.frameRate),
    };
  }

  audioFacts(): AudioFacts | null {
    const sound = this.sound();
    return sound && { ...sound, seconds: (this.endMs - this.firstMs) / 1000 };
  }

  /** Rate and channels of the decoded sound; null while nothing tells. */
  private sound(): { readonly sampleRateHz: number; readonly channels: number } | null {
    if (this.kind !== 'audio') return null;
    const { config } = this;
    const aac = this.codec === 'AAC' && config ? parseAacConfig(config) : null;
    if (aac) return { sampleRateHz: aac.sampleRateHz, channels: aac.channels };
    // OpusHead (RFC 7845, section 5.1).
    if (this.codec === 'OPUS') return { sampleRateHz: 48_000, channels: config?.[9] ?? 2 };
    const { sampleRateHz, channels } = this;
    return sampleRateHz > 0 ? { sampleRateHz, channels } : null;
  }

  private description(): VideoDescription | null {
    if (this.described?.config === this.config && this.described) return this.described.description;
    const description = this.kind === 'video' ? describe(this.codec, this.config) : null;
    this.described = { config: this.config, description };
    return description;
  }

  /** What is claimed is exact where the times agree with it: they are rounded to milliseconds. */
  private frameRate(claimed: number | null): number | null {
    const stepMs = this.meanStepMs();
    if (stepMs <= 0) return null;
    const measured = 1000 / stepMs;
    const agrees = claimed !== null && Math.abs(measured / claimed - 1) < 0.05;
    return Math.round(1000 * (agrees ? claimed : measured)) / 1000;
  }

  /** Mean of all steps where nothing is missing, of the usual ones where something is. */
  private meanStepMs(): number {
    if (this.count < 2) return 0;
    const isWhole = this.damaged === 0 && this.estimated === 0 && this.resumption <= 0;
    return isWhole ? (this.maxPresentMs - this.minPresentMs) / (this.count - 1) : this.usualStepMs();
  }

  /** Middle of a few hundred steps from all over the track. */
  private usualStepMs(): number {
    const pairs = this.count - 1;
    const steps = new Float64Array(Math.max(0, Math.min(pairs, stepsLookedAt)));
    for (let i = 0; i < steps.length; i += 1) {
      const at = Math.floor((i * pairs) / steps.length);
      steps[i] = this.decodeMs.at(at + 1) - this.decodeMs.at(at);
    }
    steps.sort();
    return Math.max(0, steps[steps.length >> 1] ?? 0);
  }
}

function framingOf(codec: string): SampleFraming {
  return codec === 'H264' || codec === 'H265' || codec === 'H266' ? 'length-prefixed' : 'raw';
}

/** What the parameters of a codec say of its pictures; null when they say nothing. */
function describe(codec: string, config: Uint8Array | null): VideoDescription | null {
  if (!config) return null;
  const inspector = findCodec(codec)?.createInspector?.({ clockRateHz: 90_000, channels: 1 });
  const units = unitsOf(codec, config);
  if (!inspector || units.length === 0) return null;
  inspector.push({ timestamp: 0, units, isKey: true, isDamaged: false, followsGap: false, gaps: [], frames: [] });
  return inspector.description;
}

function unitsOf(codec: string, config: Uint8Array): readonly Uint8Array[] {
  if (codec === 'H264') return avcConfiguration(config)?.parameterSets ?? [];
  if (codec === 'H265') return hevcConfiguration(config)?.parameterSets ?? [];
  // configOBUs of av1C (AV1 Codec ISO Media File Format Binding, 2.3.3).
  return codec === 'AV1' ? [config.subarray(4)] : [];
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
