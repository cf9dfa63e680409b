import type { CaptureNotes } from './notes';

/** Link type of a record that is counted as a frame, as Wireshark does, but holds no packet. */
export const NOT_A_PACKET = -1;

/**
 * A captured record. One instance is reused for all frames of a capture (the hot path allocates nothing);
 * `bytes` is borrowed from the reader's window and valid until the next call of `next`.
 */
export class Frame {
  /** 1-based, as Wireshark counts. */
  number = 0;
  /** Nanoseconds since the first frame that carries a time (may be negative in unordered captures). */
  timeNs = 0.5;
  /** Link type as in the LINKTYPE_ registry of tcpdump.org; `NOT_A_PACKET` for other records. */
  linkType = 0;
  bytes: Uint8Array = new Uint8Array(0);
  /** Captured bytes are `bytes[start..end)`. */
  start = 0;
  end = 0;
  /** Bytes on the wire (at least `end - start`). */
  wireLength = 0;
  /** Where the first captured byte lies in the file. */
  fileOffset = 0.5;
  /** Index of the interface description (pcapng), 0 for formats without interfaces. */
  interfaceIndex = 0;

  constructor() {
    // Fractions first: the engine then knows from the start that no small integers are kept here, and does not throw
    // the code of the whole hot path away after two seconds or two gigabytes of the capture.
    this.timeNs = 0;
    this.fileOffset = 0;
  }
}

/** Yields the frames of a capture file in the order of the file. */
export interface CaptureReader {
  /** `pcap`, `pcapng`, `snoop`, `netmon`, `erf`. */
  readonly format: string;
  /** Link types seen so far, in the order of their appearance. */
  readonly linkTypes: readonly number[];
  /** Time of the first frame in nanoseconds since 1970-01-01T00:00:00Z; null before one was read. */
  readonly firstTimeNs: bigint | null;
  /** Bytes consumed, for progress. */
  readonly position: number;
  /** True when everything was understood; final once `next` has returned false. */
  readonly isComplete: boolean;
  /** What the file says beside its packets: sections, interfaces, comments, names, secrets. */
  readonly notes: CaptureNotes;
  /** `next` has returned false only because a growing source has not the bytes yet: ask again when it has grown. */
  readonly isWaiting: boolean;
  /** Puts the next frame into `frame`; false at the end of what can be read. Never throws on bad bytes. */
  next(frame: Frame): boolean;
}
