import { Extents } from '../../bytes/extents';
import type { EsUnit } from '../../containers/mpeg-es';
import type { SampleFraming, SampleTrack } from '../sessions/media-samples';
import { GrowingColumn } from '../video/growing-column';
import { type EsFacts, encodingName, isVideoCodec, ProgramClock, ticksPerSecond } from './es-facts';

/** Times that differ by more from what is expected belong to another time base: seconds. */
const maxStrayTime = 10;

/** How much later something goes on where nothing says it. */
const usualStepSeconds = 0.04;

/** Places the access units of one program on the axis of the capture. */
export class TimeAxis {
  private readonly clock = new ProgramClock();
  /** Seconds to add to a time; NaN before the first. */
  private shift = Number.NaN;
  private last = 0;
  private latest = Number.NEGATIVE_INFINITY;
  /** How often the time base changed. */
  jumps = 0;

  /** `isPaced`: media came as fast as they are played, so that a jump is told by the arrival. */
  constructor(private readonly isPaced: boolean) {}

  /** Presentation and decoding time in seconds, NaN where the unit says none. */
  place({ pts, dts, timeNs }: EsUnit): { readonly time: number; readonly decode: number } {
    const decodeTicks = this.clock.extend(dts) / ticksPerSecond;
    const time = this.clock.extend(pts) / ticksPerSecond;
    if (Number.isNaN(time)) return { time, decode: decodeTicks };
    const arrival = timeNs / 1e9;
    if (Number.isNaN(this.shift)) {
      this.shift = arrival - time;
    } else {
      const expected = this.isPaced ? arrival : this.last;
      if (Math.abs(time + this.shift - expected) > maxStrayTime) {
        this.shift = (this.isPaced ? arrival : this.latest + usualStepSeconds) - time;
        this.jumps += 1;
      }
    }
    this.last = time + this.shift;
    this.latest = Math.max(this.latest, this.last);
    return { time: this.last, decode: decodeTicks + this.shift };
  }
}

/** Samples of one elementary stream. */
export class SampleCollector {
  readonly facts: EsFacts;
  private readonly time = new GrowingColumn(Float64Array);
  private readonly decode = new GrowingColumn(Float64Array);
  private readonly duration = new GrowingColumn(Float64Array);
  private readonly isKey = new GrowingColumn(Uint8Array);
  private readonly isDamaged = new GrowingColumn(Uint8Array);
  private readonly missing = new GrowingColumn(Uint32Array);
  private readonly frame = new GrowingColumn(Uint32Array);
  private readonly extentStart = new GrowingColumn(Uint32Array);
  private readonly extents = new Extents();

  constructor(
    private readonly streamId: string,
    facts: EsFacts,
    private readonly axis: TimeAxis,
    private readonly config: Uint8Array | null,
  ) {
    this.facts = facts;
  }

  take(unit: EsUnit): void {
    const { time, decode } = this.axis.place(unit);
    this.facts.take(unit, time * ticksPerSecond);
    this.time.push(time);
    this.decode.push(decode);
    this.duration.push(this.facts.durationOf(unit) / ticksPerSecond);
    this.isKey.push(unit.isKey ? 1 : 0);
    this.isDamaged.push(unit.isDamaged ? 1 : 0);
    this.missing.push(unit.missing);
    this.frame.push(unit.frame);
    this.extentStart.push(this.extents.count);
    // Those of different samples do not become one.
    this.extents.seal();
    this.extents.pushFrom(unit.extents);
  }

  /** Null when there are no samples. */
  track(): SampleTrack | null {
    const { facts } = this;
    const { codec } = facts;
    const count = this.time.length;
    if (count === 0) return null;
    this.extentStart.push(this.extents.count);
    const decode = this.decode.values();
    const time = this.time.values();
    fillTimes(decode, this.duration.values());
    for (let i = 0; i < count; i += 1) if (Number.isNaN(time[i])) time[i] = decode[i];
    const isVideo = isVideoCodec(codec);
    return {
      streamId: this.streamId,
      kind: isVideo ? 'video' : 'audio',
      codec: encodingName(codec),
      framing: framingOf(codec),
      config: this.config,
      width: facts.description?.width ?? null,
      height: facts.description?.height ?? null,
      sampleRateHz: facts.audio?.sampleRateHz ?? null,
      channels: facts.audio?.channels ?? null,
      count,
      timeSeconds: time,
      decodeSeconds: decode,
      isKey: this.isKey.values(),
      isDamaged: this.isDamaged.values(),
      missing: this.missing.values(),
      frame: this.frame.values(),
      extentStart: this.extentStart.values(),
      extents: this.extents.trimmed(),
    };
  }
}

function framingOf(codec: EsFacts['codec']): SampleFraming {
  if (codec === 'H264' || codec === 'H265') return 'annex-b';
  if (codec === 'AAC') return 'adts';
  return codec === 'AAC-LATM' ? 'loas' : 'raw';
}

/** Gives units without a time one: by how long the one before lasts, else evenly up to the next that has one. */
function fillTimes(times: Float64Array, durations: Float64Array): void {
  const known = times.findIndex((time) => !Number.isNaN(time));
  if (known < 0) {
    let at = 0;
    for (let i = 0; i < times.length; i += 1) {
      times[i] = at;
      at += durations[i];
    }
    return;
  }
  const usual = usualStep(times);
  for (let i = known - 1; i >= 0; i -= 1) times[i] = times[i + 1] - (durations[i] || usual);
  for (let i = known + 1; i < times.length; i += 1) {
    if (!Number.isNaN(times[i])) continue;
    if (durations[i - 1] > 0) {
      times[i] = times[i - 1] + durations[i - 1];
      continue;
    }
    let next = i;
    while (next < times.length && Number.isNaN(times[next])) next += 1;
    const step = next < times.length ? (times[next] - times[i - 1]) / (next - i + 1) : usual;
    for (; i < next; i += 1) times[i] = times[i - 1] + step;
  }
}

function usualStep(times: Float64Array): number {
  const steps: number[] = [];
  for (let i = 1; i < times.length && steps.length < 1000; i += 1) {
    const step = times[i] - times[i - 1];
    if (step > 0) steps.push(step);
  }
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
}
