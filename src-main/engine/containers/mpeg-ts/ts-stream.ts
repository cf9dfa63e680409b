import type { EsUnit, PesReader } from '../mpeg-es';
import type { PcrLog } from './pcr-log';
import type { SectionReader } from './sections';
import type { TsStreamInfo } from './stream-types';

/** What is known of the packets of one PID. */
export class PidState {
  packets = 0;
  /** Of the first and last packet. */
  readonly firstFrame: number;
  lastFrame = 0;
  lastTimeNs = 0;
  continuityErrors = 0;
  firstErrorFrame = 0;
  /** Packets missing by the continuity counter: at least so many. */
  lostPackets = 0;
  duplicates = 0;
  scrambledPackets = 0;
  /** Scrambling control values seen: bit n for value n. */
  scrambling = 0;
  pcr: PcrLog | null = null;
  sections: SectionReader | null = null;
  stream: TsStream | null = null;
  /** Continuity counter of the last packet with payload; -1 before the first. */
  counter = -1;
  wasDuplicate = false;
  /** Bytes of the last packet that tell it from others. */
  mark0 = 0;
  mark1 = 0;
  /** The last packet had stuffing: the PES packet ended with it. */
  isTailSeen = false;
  /** So much is missing that the continuity counter may have gone round. */
  isDoubtful = false;

  constructor(
    readonly pid: number,
    frame: number,
  ) {
    this.firstFrame = frame;
  }
}

/** An elementary stream of a program. */
export interface TsStream {
  readonly info: TsStreamInfo;
  readonly program: TsProgram;
  /** Null for streams that are only named. */
  readonly reader: PesReader | null;
  /** Presentation time that came last; NaN before the first. */
  lastPts: number;
}

export interface TsProgram {
  readonly number: number;
  pmtPid: number;
  /** -1 before its map came. */
  version: number;
  pcrPid: number;
  /** In the order of its map; those of earlier versions are no longer in it. */
  streams: TsStream[];
  /** Names of its service; null while no SDT told them. */
  name: string | null;
  provider: string | null;
}

/** What a demultiplexer tells of what it finds. */
export interface TsListener {
  /** An access unit: lent. */
  onUnit?(stream: TsStream, unit: EsUnit): void;
  /** A stream of a program map that was not known, or is another one now. */
  onStream?(stream: TsStream): void;
}
