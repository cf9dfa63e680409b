import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { streamFormat } from '#engine/analysis/video/access-units';
import { factsOfPictures } from '#engine/analysis/video/facts';
import { surveyPictures } from '#engine/analysis/video/picture-table';
import { presentationTimes } from '#engine/analysis/video/presentation';
import { capturePath, hasCaptures } from '../../testing/oracles';
import { bindingOf, boundStreams } from '../../testing/video-captures';
import { PayloadReader } from '../payload-reader';

/** Name, payload type, encoding name; width, height, pictures, keys, damaged. */
const known = [
  ['membrane-demo_rtp.pcap', 96, 'H264', 320, 240, 142, 1, 0],
  ['membrane-input_vp8.pcap', 96, 'VP8', 1080, 720, 300, 3, 0],
  ['ms2-h264_missing_pps.pcap', 102, 'H264', 640, 480, 21, 2, 1],
  ['ms2-h264_one_nalu_per_frame.pcap', 102, 'H264', 848, 480, 41, 4, 0],
  ['str0m-vp8.pcap', 96, 'VP8', 240, 180, 101, 3, 0],
  ['str0m-av1.pcap', 45, 'AV1', 640, 480, 45, 1, 1],
  ['wilson-h265.pcap', 104, 'H265', 640, 480, 276, 1, 0],
] as const;

describe.skipIf(!hasCaptures)('pictures of captures from elsewhere', () => {
  it.each(known)('%s', (name, payloadType, encoding, width, height, frames, keyFrames, damagedFrames) => {
    const path = `public/video-rtp/${name}`;
    const other = payloadType === 102 ? [bindingOf(96, encoding)] : [];
    const { streams } = boundStreams(path, [bindingOf(payloadType, encoding), ...other]);
    const [stream] = streams.filter((index) => streamFormat(index)?.codec.encodingName === encoding);
    const format = streamFormat(stream);
    if (!format) throw new Error('no format');
    const reader = PayloadReader.open(capturePath(path), statSync(capturePath(path)).size);
    try {
      const table = surveyPictures(stream, format, reader);
      const facts = factsOfPictures(table, presentationTimes(table, 90_000));
      expect(facts).toMatchObject({ width, height, frames, keyFrames, damagedFrames });
    } finally {
      reader.close();
    }
  });
});
