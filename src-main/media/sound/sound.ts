import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import type { PcmDecoder } from '#engine/codecs/index';
import type { PayloadReader } from '../payload-reader';

/**
 * The samples of one payload type of a stream, in pieces that stand at one timestamp each. A packet may bring none: a
 * fragment, a silence descriptor, something damaged.
 */
export interface Sound {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Timestamps may be off by rounding: senders make those of coded frames of a clock of their own. */
  readonly hasRoundedTimestamps: boolean;
  /** Number of the first piece that a packet brings, and how many it brings. */
  firstPiece(packet: number): number;
  pieceCount(packet: number): number;
  /** The packet only says that there is nothing but background noise. */
  isSilence(packet: number): boolean;
  /** Of the first sample, without wraps, as the media index counts. */
  timestamp(piece: number): number;
  /** Samples per channel. */
  samples(piece: number): number;
  /** The same, and those that the capture cut off. */
  fullSamples(piece: number): number;
  /** Writes the samples of a piece, channels interleaved, into `target`, which has room for them. */
  read(piece: number, reader: PayloadReader, target: Int16Array): void;
}

/** Payloads that stand for themselves: each packet is one piece. */
export class PcmSound implements Sound {
  constructor(
    private readonly stream: RtpMediaIndex,
    private readonly decoder: PcmDecoder,
  ) {}

  get sampleRateHz(): number {
    return this.decoder.sampleRateHz;
  }

  get channels(): number {
    return this.decoder.channels;
  }

  get hasRoundedTimestamps(): boolean {
    return false;
  }

  firstPiece(packet: number): number {
    return packet;
  }

  pieceCount(): number {
    return 1;
  }

  isSilence(): boolean {
    return false;
  }

  timestamp(piece: number): number {
    return this.stream.timestamp[piece];
  }

  samples(piece: number): number {
    return this.decoder.samplesIn(this.stream.payloadLength[piece]);
  }

  fullSamples(piece: number): number {
    return this.decoder.samplesIn(this.stream.payloadLength[piece] + this.stream.payloadMissing[piece]);
  }

  read(piece: number, reader: PayloadReader, target: Int16Array): void {
    this.decoder.decode(reader.read(this.stream, piece), target);
  }
}
