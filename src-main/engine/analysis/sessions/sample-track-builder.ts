import { Extents } from '../../bytes/extents';
import { GrowingColumn } from '../video/growing-column';
import type { SampleTrack } from './media-samples';

type TrackFacts = Pick<
  SampleTrack,
  'streamId' | 'kind' | 'codec' | 'framing' | 'config' | 'width' | 'height' | 'sampleRateHz' | 'channels'
>;

/** Gathers the samples of a track in decoding order. */
export class SampleTrackBuilder {
  /** Pieces of the sample that is added next: put them here before `add`. */
  readonly pieces = new Extents();
  private readonly extents = new Extents();
  private readonly time = new GrowingColumn(Float64Array);
  private readonly decode = new GrowingColumn(Float64Array);
  private readonly isKey = new GrowingColumn(Uint8Array);
  private readonly isDamaged = new GrowingColumn(Uint8Array);
  private readonly missing = new GrowingColumn(Uint32Array);
  private readonly frame = new GrowingColumn(Uint32Array);
  private readonly extentStart = new GrowingColumn(Uint32Array);
  private first = Number.POSITIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;

  constructor(readonly facts: TrackFacts) {}

  get count(): number {
    return this.time.length;
  }

  /** Earliest and latest presentation time. */
  get firstSeconds(): number {
    return this.first;
  }

  get lastSeconds(): number {
    return this.last;
  }

  /** Adds what lies in `pieces` as a sample. */
  add(timeSeconds: number, decodeSeconds: number, isKey: boolean, missing: number, frame: number): void {
    this.extentStart.push(this.extents.count);
    this.extents.seal();
    this.extents.pushFrom(this.pieces);
    this.pieces.clear();
    this.time.push(timeSeconds);
    this.decode.push(decodeSeconds);
    this.isKey.push(isKey ? 1 : 0);
    this.isDamaged.push(missing > 0 ? 1 : 0);
    this.missing.push(missing);
    this.frame.push(frame);
    this.first = Math.min(this.first, timeSeconds);
    this.last = Math.max(this.last, timeSeconds);
  }

  /** The track with all its times moved by `shiftSeconds`. */
  build(shiftSeconds: number): SampleTrack {
    this.extentStart.push(this.extents.count);
    const moved = (column: GrowingColumn<Float64Array>): Float64Array =>
      column.values().map((seconds) => seconds + shiftSeconds);
    const track: SampleTrack = {
      ...this.facts,
      count: this.count,
      timeSeconds: moved(this.time),
      decodeSeconds: moved(this.decode),
      isKey: this.isKey.values(),
      isDamaged: this.isDamaged.values(),
      missing: this.missing.values(),
      frame: this.frame.values(),
      extentStart: this.extentStart.values(),
      extents: this.extents.trimmed(),
    };
    return track;
  }
}
