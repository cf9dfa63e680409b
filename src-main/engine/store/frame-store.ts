import type { Frame } from '../capture/frame';
import { Float64Column, OffsetColumn, Uint32Column } from './columns';

/** No further frame, no flow. */
const none = 0xffffffff;

/**
 * What stays in memory of every frame: 28 bytes. The bytes themselves are read again from the file.
 * Frames of one flow form a chain, so that a stream is read without looking at the others.
 */
export class FrameStore {
  private readonly fileOffset = new OffsetColumn();
  private readonly timeNs = new Float64Column();
  private readonly capturedLength = new Uint32Column();
  private readonly wireLength = new Uint32Column();
  private readonly flow = new Uint32Column();
  private readonly nextInFlow = new Uint32Column();
  private readonly firstOfFlow = new Uint32Column();
  private readonly lastOfFlow = new Uint32Column();
  /** Link type and interface change seldom: kept as runs, by the index of the first frame of each. */
  private readonly runStart: number[] = [];
  private readonly runLinkType: number[] = [];

  get count(): number {
    return this.fileOffset.length;
  }

  /** Appends a frame that belongs to `flow`, or to none (-1). */
  append(frame: Frame, flow: number): void {
    const index = this.fileOffset.length;
    this.fileOffset.push(frame.fileOffset);
    this.timeNs.push(frame.timeNs);
    this.capturedLength.push(frame.end - frame.start);
    this.wireLength.push(frame.wireLength);
    this.flow.push(flow < 0 ? none : flow);
    this.nextInFlow.push(none);
    if (this.runLinkType.length === 0 || this.runLinkType[this.runLinkType.length - 1] !== frame.linkType) {
      this.runStart.push(index);
      this.runLinkType.push(frame.linkType);
    }
    if (flow >= 0) this.chain(index, flow);
  }

  /** Number of the first frame of `flow`; 0 when it has none. */
  firstFrame(flow: number): number {
    if (flow >= this.firstOfFlow.length) return 0;
    const index = this.firstOfFlow.get(flow);
    return index === none ? 0 : index + 1;
  }

  /** Number of the frame after `frame` in its flow; 0 when it is the last. */
  nextFrame(frame: number): number {
    const index = this.nextInFlow.get(frame - 1);
    return index === none ? 0 : index + 1;
  }

  /** Directed flow of a frame; -1 when it belongs to none. */
  flowOf(frame: number): number {
    const flow = this.flow.get(frame - 1);
    return flow === none ? -1 : flow;
  }

  timeOf(frame: number): number {
    return this.timeNs.get(frame - 1);
  }

  /** Describes frame `number` in `frame`, without its bytes: `end - start` is the captured length. */
  describe(number: number, frame: Frame): void {
    const index = number - 1;
    frame.number = number;
    frame.fileOffset = this.fileOffset.get(index);
    frame.timeNs = this.timeNs.get(index);
    frame.start = 0;
    frame.end = this.capturedLength.get(index);
    frame.wireLength = this.wireLength.get(index);
    frame.linkType = this.linkTypeOf(index);
  }

  private chain(index: number, flow: number): void {
    while (this.lastOfFlow.length <= flow) {
      this.lastOfFlow.push(none);
      this.firstOfFlow.push(none);
    }
    const last = this.lastOfFlow.get(flow);
    if (last === none) this.firstOfFlow.set(flow, index);
    else this.nextInFlow.set(last, index);
    this.lastOfFlow.set(flow, index);
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
