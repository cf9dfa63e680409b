import { describe, expect, it } from 'vitest';
import { feedHttp, type Sent } from '../http/testing/feed-http';

/** A JPEG as far as its structure goes: so many pixels a side, with `filling` as its coded bytes. */
function jpeg(filling: string, side = 64): string {
  const size = String.fromCharCode(side >> 8, side & 255, side >> 8, side & 255);
  return `\xff\xd8\xff\xc0\0\x0b\x08${size}\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0${filling}\xff\xd9`;
}

const get = (target: string): Sent => ['client', `GET ${target} HTTP/1.1\r\nHost: camera\r\n\r\n`];
const picture = (text: string, fields = ''): Sent => [
  'server',
  `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n${fields}Content-Length: ${text.length}\r\n\r\n${text}`,
];
const series = (count: number, target: (i: number) => string, side: (i: number) => number = () => 64): Sent[] =>
  Array.from({ length: count }, (_, i) => [get(target(i)), picture(jpeg(`picture ${i}`, side(i)))]).flat();

describe('CameraTracker', () => {
  it.each([
    ['one address', 4, () => '/snap.jpg'],
    ['a query that changes', 6, (i: number) => `/image.cgi?seq=0.${i * 7919}`],
    ['numbers in the path', 12, (i: number) => `/cam/img${i}.jpg`],
  ])('finds a camera behind %s, with %d pictures and no fewer', (_name, count, target) => {
    const { camera } = feedHttp(series(count, target));
    expect(camera.sessions()).toMatchObject([
      { id: 'camera-1', kind: 'camera', state: `${count} pictures`, details: { frames: count, size: '64x64' } },
    ]);
    expect(camera.streams()).toMatchObject([{ transport: 'http-jpeg', codec: 'JPEG', sessionId: 'camera-1' }]);
    expect(feedHttp(series(count - 1, target)).camera.sessions()).toEqual([]);
  });

  it('does not take pictures of many sizes for a camera', () => {
    const sizes = series(
      20,
      (i) => `/thumbs/img${i}.jpg`,
      (i) => 40 + (i % 7),
    );
    expect(feedHttp(sizes).camera.sessions()).toEqual([]);
  });

  it('counts the pictures a second that there were', () => {
    // 514 pictures in 31.08 s are 16.5 a second, not 30.
    const { camera } = feedHttp(
      series(514, () => '/image.cgi'),
      { stepSeconds: 31.08 / 513 / 2 },
    );
    const [row] = camera.sessions();
    expect(row.durationSeconds).toBeCloseTo(31.08, 3);
    expect(row.details).toMatchObject({ frames: 514, frameRate: 16.506, gaps: 0 });
    const track = camera.samples('camera-1')?.tracks[0];
    const times = [...(track?.timeSeconds ?? [])];
    expect(times[513] - times[0]).toBeCloseTo(31.08, 3);
    expect(times[1] - times[0]).toBeCloseTo(31.08 / 513, 6);
  });

  it('reads parts with any boundary, with and without lengths', () => {
    const part = (i: number): string => {
      const body = jpeg(`part ${i}`);
      const length = i % 2 === 0 ? `Content-Length: ${body.length}\r\n` : '';
      return `--my boundary\r\nContent-Type: image/jpeg\r\n${length}X-Timestamp: ${1000 + i / 10}\r\n\r\n${body}\r\n`;
    };
    const { camera, objects, read } = feedHttp([
      get('/video.mjpg'),
      ['server', 'HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary="--my boundary"\r\n\r\n'],
      ...Array.from({ length: 6 }, (_, i): Sent => ['server', part(i)]),
      ['server', '--my boundary--\r\n'],
    ]);
    expect(camera.sessions()).toMatchObject([
      {
        state: '6 pictures',
        details: { cameraTiming: 'clock in X-Timestamp', brokenFrames: 0, transfer: 'multipart body' },
      },
    ]);
    expect(camera.streams()[0].transport).toBe('http-multipart');
    expect(read('camera-1')).toBe(Array.from({ length: 6 }, (_, i) => jpeg(`part ${i}`)).join(''));
    expect(objects).toMatchObject([{ sessionId: 'camera-1' }]);
    const own = camera.samples('camera-1@camera')?.tracks[0].timeSeconds ?? [];
    expect(Array.from(own, (seconds) => Number((seconds - own[0]).toFixed(6)))).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  });

  it('reads pictures one after the other in one endless body', () => {
    const { camera, read } = feedHttp([
      get('/raw'),
      ['server', 'HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n'],
      ...Array.from({ length: 5 }, (_, i): Sent => ['server', jpeg(`raw ${i}`)]),
    ]);
    expect(camera.sessions()).toMatchObject([{ state: '5 pictures', details: { transfer: /one body/ } }]);
    expect(read('camera-1-video')).toBe(Array.from({ length: 5 }, (_, i) => jpeg(`raw ${i}`)).join(''));
  });

  it('reads on where the beginning was not captured', () => {
    const part = (i: number): string => `--b\r\nContent-Type: image/jpeg\r\n\r\n${jpeg(`part ${i}`)}\r\n`;
    const plain = Array.from({ length: 5 }, (_, i): Sent => ['server', part(i)]);
    const { camera } = feedHttp([['server', `\x80${'tail of a picture'.repeat(20)}`], ...plain], { isEntered: true });
    expect(camera.sessions()).toMatchObject([{ details: { frames: 5, brokenFrames: 0 } }]);
    const chunked = plain.map(([who, text]): Sent => {
      const length = String(text).length.toString(16);
      return [who, `${length}\r\n${String(text)}\r\n`];
    });
    expect(feedHttp(chunked, { isEntered: true }).camera.sessions()).toMatchObject([{ details: { frames: 5 } }]);
  });

  it('marks pictures with holes and without ends, and keeps the others', () => {
    const sent = series(8, () => '/snap.jpg');
    const [who, whole] = sent[5];
    const text = String(whole);
    const lossy: Sent[] = [
      ...sent.slice(0, 5),
      [who, text.slice(0, -6)],
      [who, 2],
      [who, text.slice(-4)],
      ...sent.slice(6),
    ];
    const { camera } = feedHttp(lossy);
    const track = camera.samples('camera-1')?.tracks[0];
    expect([...(track?.isDamaged ?? [])]).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
    expect([...(track?.missing ?? [])]).toEqual([0, 0, 2, 0, 0, 0, 0, 0]);
    expect(camera.sessions()).toMatchObject([{ state: '8 pictures, 1 broken', missingBytes: 2 }]);
  });

  it('notes pictures that claim 65 000 pixels a side, and hands none to decoders', () => {
    const { camera, codes } = feedHttp([
      ...series(6, () => '/snap.jpg'),
      ...series(
        2,
        () => '/snap.jpg',
        () => 65_000,
      ),
    ]);
    expect(codes).toEqual(['jpeg-size']);
    const samples = camera.samples('camera-1');
    expect(samples?.tracks[0].count).toBe(6);
    expect(samples?.notes.some((note) => note.startsWith('2 pictures claim'))).toBe(true);
  });

  it('takes frame numbers for what they are, and counts those that never came', () => {
    const numbers = [10, 11, 12, 15, 16, 17, 18];
    const { camera } = feedHttp(
      numbers.flatMap((number): Sent[] => [get('/snap'), picture(jpeg(`${number}`), `X-Frame: ${number}\r\n`)]),
    );
    expect(camera.sessions()[0].details).toMatchObject({
      cameraTiming: 'frame numbers in X-Frame',
      cameraFirst: 10,
      cameraLast: 18,
      cameraFramesSkipped: 2,
    });
  });
});
