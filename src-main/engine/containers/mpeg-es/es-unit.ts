import type { ExtentColumns } from '../../bytes/extents';

/** Time of a unit whose PES packet said none. */
export const noTime = Number.NaN;

/**
 * One access unit of an elementary stream. The object and what it holds are lent: they change with the next one.
 */
export interface EsUnit {
  /** Presentation and decoding time in ticks of 90 kHz without wraps; `noTime` when nothing told them. */
  readonly pts: number;
  readonly dts: number;
  /** How long it lasts in ticks of 90 kHz as its own header says; 0 when it does not. */
  readonly duration: number;
  /** Decoding can begin with it. */
  readonly isKey: boolean;
  /** Bytes of it are missing, or it cannot be told that none are. */
  readonly isDamaged: boolean;
  /** Bytes known to be missing in it or directly before it, as far as they can be estimated. */
  readonly missing: number;
  /** Frame that carried its first byte, and its time. */
  readonly frame: number;
  readonly timeNs: number;
  /** Its bytes, `bytes[start..end)`, missing ones left out. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Where its bytes lie, holes included. */
  readonly extents: ExtentColumns;
}

/** Takes the access units of one elementary stream, in decoding order. */
export type EsUnitSink = (unit: EsUnit) => void;

/** Finds the access units in what a queue holds, and gives them away. */
export interface EsSplitter {
  /** Takes what is complete; `isEnd`: nothing more comes. */
  scan(isEnd: boolean): void;
}
