import { FrameDepacketizer } from './audio/frame-depacketizer';
import type { CodecDefinition } from './definition';
import { formatParameters } from './picture/format-parameters';

/** Samples at 48 kHz of a frame: SILK 10 to 60 ms, hybrid 10 and 20 ms, CELT 2.5 to 20 ms (RFC 6716, table 2). */
const silk = [480, 960, 1920, 2880];
const hybrid = [480, 960];
const celt = [120, 240, 480, 960];
/** 120 ms (RFC 6716, section 3.2.5). */
const maxSamples = 5760;

/** Samples at 48 kHz of an Opus packet, by its TOC byte (RFC 6716, section 3.1); 0 when it is no Opus packet. */
export function opusSamples(packet: Uint8Array): number {
  if (packet.length === 0) return 0;
  const config = packet[0] >> 3;
  const frame = config < 12 ? silk[config & 3] : config < 16 ? hybrid[config & 1] : celt[config & 3];
  const code = packet[0] & 3;
  if (code === 3 && packet.length < 2) return 0;
  const frames = code === 0 ? 1 : code === 3 ? packet[1] & 0x3f : 2;
  const samples = frames * frame;
  // Two frames of equal size leave an even number of octets.
  if (code === 1 && packet.length % 2 === 0) return 0;
  return samples <= maxSamples ? samples : 0;
}

/**
 * Opus (RFC 7587): a payload is one Opus packet, of any of its bandwidths, always decoded at 48 kHz. `opus/48000/2` says
 * nothing of the channels; those are in each packet, and a receiver that wants two says `stereo=1`.
 */
export const opus: CodecDefinition = {
  id: 'opus',
  encodingName: 'opus',
  media: 'audio',
  role: 'media',
  clockRateHz: 48_000,
  staticTypes: [],
  elementaryFormat: 'opus',
  createDepacketizer: () =>
    new FrameDepacketizer((payload) => [opusSamples(payload) > 0 ? { bytes: payload.slice(), offset: 0 } : null]),
  createCoding: ({ fmtp }) => {
    const parameters = formatParameters(fmtp);
    const isStereo = parameters.get('stereo') === '1' || parameters.get('sprop-stereo') === '1';
    return {
      sampleRateHz: 48_000,
      channels: isStereo ? 2 : 1,
      measure: ({ units: [packet] }) => ({ samples: opusSamples(packet), sampleRateHz: 48_000 }),
    };
  },
};
