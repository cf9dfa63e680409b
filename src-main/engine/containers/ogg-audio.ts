import type { CodedSpan } from '../codecs/index';
import { asciiBytes } from './ascii';
import type { AudioFile, AudioFileOptions } from './audio-file';
import { OggWriter } from './ogg';

const serial = 1;
/** About a second. */
const packetsPerPage = 50;
/** Silence that positions jump over: what is longer is a leap of timestamps. */
const maxSilenceSeconds = 60;
const vendor = asciiBytes('Tapdeck');

/** `count of bytes | vendor | count of comments = 0` (RFC 7845, section 5.2; the same in Speex). */
function comments(magic: string): Uint8Array {
  const bytes = new Uint8Array(magic.length + 4 + vendor.length + 4);
  bytes.set(asciiBytes(magic));
  new DataView(bytes.buffer).setUint32(magic.length, vendor.length, true);
  bytes.set(vendor, magic.length + 4);
  return bytes;
}

/** RFC 7845, section 5.1. There is no pre-skip: the timestamps of RTP count from the first sample decoded. */
export function opusHead(channels: number): Uint8Array {
  const bytes = new Uint8Array(19);
  const view = new DataView(bytes.buffer);
  bytes.set(asciiBytes('OpusHead'));
  bytes[8] = 1;
  bytes[9] = channels;
  view.setUint32(12, 48_000, true);
  return bytes;
}

/** Speex manual, section 7.2: 80 bytes, words of 32 bits, lowest byte first. */
function speexHead({ samples, sampleRateHz }: CodedSpan): Uint8Array {
  const bytes = new Uint8Array(80);
  const view = new DataView(bytes.buffer);
  bytes.set(asciiBytes('Speex   1.2'));
  const frameSamples = sampleRateHz / 50;
  const mode = sampleRateHz / 16_000 >= 2 ? 2 : sampleRateHz > 8000 ? 1 : 0;
  const words = [1, 80, sampleRateHz, mode, 4, 1, -1, frameSamples, 0, Math.max(1, samples / frameSamples), 0, 0, 0];
  words.forEach((word, i) => view.setInt32(28 + 4 * i, word, true));
  return bytes;
}

class OggAudio implements AudioFile {
  private readonly ogg = new OggWriter(serial, packetsPerPage);
  private position = 0;
  private isBegun = false;

  constructor(private readonly headers: (span: CodedSpan, packet: Uint8Array) => readonly Uint8Array[]) {}

  write({ units: [packet] }: { readonly units: readonly Uint8Array[] }, span: CodedSpan, silence: number): Uint8Array {
    const pages: Uint8Array[] = [];
    if (!this.isBegun) {
      // Each header ends its page.
      for (const header of this.headers(span, packet)) pages.push(...this.ogg.add(header, 0), ...this.ogg.flush());
      this.isBegun = true;
    } else if (silence > 0 && silence <= maxSilenceSeconds * span.sampleRateHz) {
      pages.push(...this.ogg.flush());
      this.position += silence;
    }
    this.position += span.samples;
    pages.push(...this.ogg.add(packet, this.position));
    return joinPages(pages);
  }

  end(): Uint8Array {
    return this.isBegun ? this.ogg.end() : new Uint8Array(0);
  }
}

/** Opus in Ogg (RFC 7845). */
export function createOpusFile({ channels }: AudioFileOptions): AudioFile {
  // The first packet tells its channels; who was promised two gets two.
  return new OggAudio((_, packet) => [opusHead(channels > 1 || packet[0] & 4 ? 2 : 1), comments('OpusTags')]);
}

/** Speex in Ogg. */
export function createSpeexFile(): AudioFile {
  return new OggAudio((span) => [speexHead(span), comments('')]);
}

function joinPages(pages: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pages.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const page of pages) {
    whole.set(page, at);
    at += page.length;
  }
  return whole;
}
