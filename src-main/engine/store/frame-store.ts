import type { Frame } from '../capture/frame';
import { Uint32Column } from './columns';
import { FrameRows } from './frame-rows';

/** No further frame, no flow. */
const none = 0xffffffff;
/** Links of a chain below this are frames, from here on entries of `extra`. */
const firstExtra = 0x80000000;

/** A frame in the chain of another flow than that of its first packet. */
interface ExtraLink {
  readonly index: number;
  readonly flow: number;
  next: number;
}

/**
 * What stays in memory of every frame: 28 bytes. The bytes themselves are read again from the file.
 * Frames of one flow form a chain, so that a stream is read without looking at the others. The few frames that hold
 * several packets (A-MSDU) are in the chains of all their flows.
 */
export class FrameStore {
  private readonly rows = new FrameRows();
  private readonly firstOfFlow = new Uint32Column();
  private readonly lastOfFlow = new Uint32Column();
  /** Flows of the second and later packets, by the index of their frame. */
  private readonly furtherFlows = new Map<number, number[]>();
  private readonly extra: ExtraLink[] = [];
  /** Where the entries of a frame in `extra` begin; they lie side by side. */
  private readonly extraOf = new Map<number, number>();
  /** Link type and interface change seldom: kept as runs, by the index of the first frame of each. */
  private readonly runStart: number[] = [];
  private readonly runLinkType: number[] = [];
  private lastLinkType = Number.NaN;

  get count(): number {
    return this.rows.length;
  }

  /** Appends a frame that belongs to `flow`, or to none (-1). */
  append(frame: Frame, flow: number): void {
    const index = this.rows.length;
    this.rows.push(frame, flow < 0 ? none : flow, none);
    if (frame.linkType !== this.lastLinkType) {
      this.lastLinkType = frame.linkType;
      this.runStart.push(index);
      this.runLinkType.push(frame.linkType);
    }
    if (flow >= 0) this.chain(index, flow);
  }

  /** Adds another packet of the frame appended last, which belongs to `flow`, or to none (-1). */
  appendFurther(flow: number): void {
    const index = this.rows.length - 1;
    const flows = this.furtherFlows.get(index);
    if (flows) flows.push(flow);
    else this.furtherFlows.set(index, [flow]);
    if (flow < 0 || this.rows.flow(index) === flow || this.extraLink(index, flow) !== null) return;
    if (!this.extraOf.has(index)) this.extraOf.set(index, this.extra.length);
    this.extra.push({ index, flow, next: none });
    this.chain(firstExtra + this.extra.length - 1, flow);
  }

  /** Number of the first frame of `flow`; 0 when it has none. */
  firstFrame(flow: number): number {
    return flow >= this.firstOfFlow.length ? 0 : this.frameAt(this.firstOfFlow.get(flow));
  }

  /** Number of the frame after `frame` in `flow`, to which it belongs; 0 when it is the last. */
  nextFrame(frame: number, flow: number): number {
    const index = frame - 1;
    if (this.rows.flow(index) === flow) return this.frameAt(this.rows.next(index));
    return this.frameAt(this.extraLink(index, flow)?.next ?? none);
  }

  /** Directed flow of a frame, or of its packet `ordinal` when it holds several; -1 when it belongs to none. */
  flowOf(frame: number, ordinal = 0): number {
    if (ordinal > 0) return this.furtherFlows.get(frame - 1)?.[ordinal - 1] ?? -1;
    const flow = this.rows.flow(frame - 1);
    return flow === none ? -1 : flow;
  }

  timeOf(frame: number): number {
    return this.rows.timeNs(frame - 1);
  }

  /** Describes frame `number` in `frame`, without its bytes: `end - start` is the captured length. */
  describe(number: number, frame: Frame): void {
    const index = number - 1;
    frame.number = number;
    frame.fileOffset = this.rows.fileOffset(index);
    frame.timeNs = this.rows.timeNs(index);
    frame.start = 0;
    frame.end = this.rows.capturedLength(index);
    frame.wireLength = this.rows.wireLength(index);
    frame.linkType = this.linkTypeOf(index);
  }

  private chain(link: number, flow: number): void {
    while (this.lastOfFlow.length <= flow) {
      this.lastOfFlow.push(none);
      this.firstOfFlow.push(none);
    }
    const last = this.lastOfFlow.get(flow);
    if (last === none) this.firstOfFlow.set(flow, link);
    else if (last < firstExtra) this.rows.setNext(last, link);
    else this.extra[last - firstExtra].next = link;
    this.lastOfFlow.set(flow, link);
  }

  private frameAt(link: number): number {
    if (link === none) return 0;
    return (link < firstExtra ? link : this.extra[link - firstExtra].index) + 1;
  }

  private extraLink(index: number, flow: number): ExtraLink | null {
    const start = this.extraOf.get(index);
    if (start === undefined) return null;
    for (let i = start; i < this.extra.length && this.extra[i].index === index; i += 1) {
      if (this.extra[i].flow === flow) return this.extra[i];
    }
    return null;
  }

  private linkTypeOf(index: number): number {
    let low = 0;
    let high = this.runStart.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.runStart[middle] <= index) low = middle;
      else high = middle - 1;
    }
    return this.runLinkType[low];
  }
}
