import { Frame } from '../../capture/frame';
import type { FrameStore } from '../../store/frame-store';
import { type Candidates, ChainWalk } from './frame-walk';

/** Where frames lie in the capture, in their order, as columns that can be transferred to another thread. */
export interface FrameRecords {
  readonly count: number;
  readonly frame: Uint32Array;
  /** Of the first captured byte. */
  readonly offset: Float64Array;
  readonly capturedLength: Uint32Array;
  readonly wireLength: Uint32Array;
  /** LINKTYPE_ of tcpdump.org. */
  readonly linkType: Uint32Array;
  /** Since the first frame of the capture. */
  readonly timeNs: Float64Array;
  /** Of the first frame of the capture, nanoseconds since 1970-01-01T00:00:00Z. */
  readonly firstTimeNs: bigint;
}

/** Frames of some flows and single ones; records that hold no packet are left out. */
export function frameRecords(store: FrameStore, candidates: Candidates, firstTimeNs: bigint): FrameRecords {
  const numbers: number[] = [];
  const described = new Frame();
  const frames = [...candidates.frames].sort((a, b) => a - b).filter((frame) => frame > 0 && frame <= store.count);
  const walk = new ChainWalk(store, { flows: candidates.flows, frames });
  for (let number = walk.next(); number > 0; number = walk.next()) {
    store.describe(number, described);
    if (described.linkType >= 0) numbers.push(number);
  }
  const records = {
    count: numbers.length,
    frame: Uint32Array.from(numbers),
    offset: new Float64Array(numbers.length),
    capturedLength: new Uint32Array(numbers.length),
    wireLength: new Uint32Array(numbers.length),
    linkType: new Uint32Array(numbers.length),
    timeNs: new Float64Array(numbers.length),
    firstTimeNs,
  };
  numbers.forEach((number, i) => {
    store.describe(number, described);
    records.offset[i] = described.fileOffset;
    records.capturedLength[i] = described.end - described.start;
    records.wireLength[i] = described.wireLength;
    records.linkType[i] = described.linkType;
    records.timeNs[i] = described.timeNs;
  });
  return records;
}
