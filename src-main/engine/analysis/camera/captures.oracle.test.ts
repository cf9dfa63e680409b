import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capturePath, capturesIn, hasCaptures, hasTshark, tsharkFields } from '../../../testing/oracles';
import { readExtents } from '../../bytes/extents';
import { analyseHttp } from '../http/testing/analyse-http';

const truth = (name: string) =>
  JSON.parse(readFileSync(capturePath(name.replace('.pcapng', '.truth.json')), 'utf8')).expected;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function onlyCamera(path: string) {
  const { analysis, bytes } = analyseHttp(path);
  const cameras = analysis.document().sessions.filter(({ kind }) => kind === 'camera');
  expect(cameras).toHaveLength(1);
  const [camera] = cameras;
  const samples = analysis.samples(camera.id);
  if (!samples) throw new Error('no samples');
  const [track] = samples.tracks;
  const pictures = Array.from({ length: track.count }, (_, i) => {
    const extents = {
      address: track.extents.address.subarray(track.extentStart[i], track.extentStart[i + 1]),
      length: track.extents.length.subarray(track.extentStart[i], track.extentStart[i + 1]),
      count: track.extentStart[i + 1] - track.extentStart[i],
    };
    return readExtents(bytes, extents, 0, Number.POSITIVE_INFINITY);
  });
  return { analysis, bytes, camera, track, pictures };
}

describe.skipIf(!hasCaptures)('cameras of real captures', () => {
  it.each(capturesIn('live/camera', /\.pcapng$/))('%s: every picture, byte for byte', (name) => {
    const { camera, track, pictures, analysis, bytes } = onlyCamera(capturePath(name));
    const expected = truth(name);
    expect(track.count).toBe(expected.jpegs_in_capture);
    expect(pictures.map(sha256)).toEqual(expected.jpeg_sha256_in_order);
    expect(`${track.width}x${track.height}`).toBe(expected.resolution);
    expect(camera.server).toBe(expected.server);
    expect([...track.isDamaged].some(Boolean)).toBe(false);
    expect(camera.details).toMatchObject({ frames: expected.jpegs_in_capture, brokenFrames: 0 });
    const file = analysis.file(camera.id);
    const whole = readExtents(bytes, file?.extents ?? track.extents, 0, Number.POSITIVE_INFINITY);
    expect(sha256(whole)).toBe(expected.concatenated_mjpeg_sha256);
  });

  it
    .skipIf(!hasTshark)
    .each(['live/camera/camera_getloop_8081.pcapng', 'live/camera/camera_chunked_progressive.pcapng'])(
    '%s: times of the pictures are those of their last bytes',
    (name) => {
      const { camera, track } = onlyCamera(capturePath(name));
      const frames = tsharkFields(capturePath(name), ['frame.time_relative'], '-Y', 'http.response');
      const times = frames.map(([time]) => Number(time));
      expect(track.count).toBe(times.length);
      // Chunked bodies end after their last byte.
      for (let i = 0; i < times.length; i += 1) expect(Math.abs(track.timeSeconds[i] - times[i])).toBeLessThan(0.02);
      const duration = times[times.length - 1] - times[0];
      expect(Math.abs(camera.durationSeconds - duration)).toBeLessThan(0.02);
      expect(camera.details.frameRate).toBeCloseTo((times.length - 1) / duration, 1);
    },
  );

  it('takes clocks and frame numbers of cameras from their headers', () => {
    const counted = onlyCamera(capturePath('live/camera/camera_getloop_8081.pcapng'));
    expect(counted.camera.details).toMatchObject({
      cameraTiming: 'frame numbers in Livescope-Frame-Number',
      cameraFirst: 161,
      cameraLast: 480,
      cameraFramesSkipped: 0,
    });
    const timed = onlyCamera(capturePath('live/camera/camera_multipart_8081.pcapng'));
    expect(timed.camera.details.cameraTiming).toBe('clock in X-Timestamp');
    expect(timed.camera.details.cameraDifferenceMs).toBeLessThan(50);
    expect(timed.camera.details.cameraTimingId).toBe('camera-1@camera');
    const own = timed.analysis.samples('camera-1@camera');
    expect(own?.tracks[0].count).toBe(300);
    expect(own?.tracks[0].timeSeconds[299]).toBeCloseTo(timed.track.timeSeconds[299], 1);
  });

  it('sees no camera in the pictures of web pages', () => {
    for (const name of [
      'public/mjpeg-http/fpcap-example-146jpegs.pcap',
      'public/mjpeg-http/tcpflow-jpegs.cap',
      'public/hls-http/ndpi-1kxun.pcap',
    ]) {
      const { analysis } = analyseHttp(capturePath(name));
      expect(
        analysis.document().sessions.filter(({ kind }) => kind === 'camera'),
        name,
      ).toEqual([]);
    }
  });
});
