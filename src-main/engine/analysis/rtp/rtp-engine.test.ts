import { describe, expect, it } from 'vitest';
import { DatagramVerdict } from './rtp-engine';
import { announcement, payload, randomNumbers, Recording, rtpBytes } from './testing/recording';

const receiverReport = Uint8Array.from([0x80, 201, 0, 1, 0, 0, 0, 1]);

describe('detection', () => {
  it('believes an unannounced stream after five packets in sequence, and counts them all', () => {
    const recording = new Recording();
    recording.addSpeech(4);
    expect(recording.engine.streamCount).toBe(0);
    recording.addSpeech(2, { sequence: 1004, timestamp: 8640, startMs: 80 });
    expect(recording.engine.rows()).toMatchObject([
      { packets: 6, expected: 6, lost: 0, ssrc: '0x1234abcd', codec: 'PCMU', basis: 'static', firstFrame: 1 },
    ]);
    expect(recording.engine.flowVerdict(0)).toEqual({
      protocol: 'RTP',
      reason: '6 packets in sequence, SSRC 0x1234abcd',
    });
  });

  it('believes a stream whose packets come in any order', () => {
    const recording = new Recording();
    [15, 24, 19, 29, 26, 22, 17, 20, 25, 18, 16, 21, 23, 27, 28].forEach((n, i) =>
      recording.addRtp({ sequence: n, timestamp: 3000 * n, payloadType: 96 }, 5 * i),
    );
    recording.finish();
    expect(recording.engine.rows()).toMatchObject([{ packets: 15, expected: 15, lost: 0 }]);
  });

  it('believes an announced stream at its first packet', () => {
    const recording = new Recording();
    recording.engine.announce(announcement([payload(0, 'PCMU', 8000)], { frame: 3 }));
    expect(recording.addRtp({ sequence: 1, timestamp: 0 }, 0)).toBe(DatagramVerdict.rtp);
    expect(recording.engine.rows()).toMatchObject([{ packets: 1, expected: 1, lost: 0, codec: 'PCMU', basis: 'sdp' }]);
    expect(recording.engine.flowVerdict(0)).toEqual({ protocol: 'RTP', reason: 'SDP of frame 3' });
  });

  it('believes what waited when it is announced', () => {
    const recording = new Recording();
    expect(recording.addRtp({ sequence: 1, timestamp: 0 }, 0)).toBe(DatagramVerdict.candidate);
    recording.engine.announce(announcement([payload(0, 'PCMU', 8000)], { frame: 2 }));
    expect(recording.engine.streamCount).toBe(1);
  });

  it('wants two packets in sequence where media is expected but not this', () => {
    const recording = new Recording();
    recording.engine.announce(announcement([payload(0, 'PCMU', 8000)]));
    recording.addRtp({ sequence: 1, timestamp: 0, payloadType: 8 }, 0);
    expect(recording.engine.streamCount).toBe(0);
    recording.addRtp({ sequence: 2, timestamp: 160, payloadType: 8 }, 20);
    expect(recording.engine.streamCount).toBe(1);
  });

  it('finds no stream in 20 000 random datagrams, on one flow or on many', () => {
    const random = randomNumbers(11);
    const recording = new Recording();
    for (let i = 0; i < 20_000; i += 1) {
      const bytes = Uint8Array.from({ length: 8 + Math.floor(random() * 60) }, () => Math.floor(random() * 256));
      recording.add(bytes, i, { flow: i % 3 === 0 ? 0 : 2 * Math.floor(random() * 500) });
    }
    recording.finish();
    expect(recording.engine.streamCount).toBe(0);
  });

  it('finds no stream in datagrams that look like RTP but for the SSRC or the numbers', () => {
    const random = randomNumbers(5);
    const recording = new Recording();
    for (let i = 0; i < 3000; i += 1) {
      const ssrc = Math.floor(random() * 2 ** 32);
      recording.addRtp({ sequence: i, timestamp: 160 * i, ssrc }, i, { flow: 0 });
      recording.addRtp({ sequence: 7, timestamp: 160 * i }, i, { flow: 2 });
      recording.addRtp({ sequence: Math.floor(random() * 65_536), timestamp: 160 * i }, i, { flow: 4 });
      recording.addRtp({ sequence: i, timestamp: Math.floor(random() * 2 ** 32) }, i, { flow: 6 });
      recording.addRtp({ sequence: 256 * i, timestamp: 160 * i }, i, { flow: 8 });
      recording.addRtp({ sequence: i, timestamp: 1 }, i, { flow: 10 });
    }
    recording.finish();
    expect(recording.engine.streamCount).toBe(0);
  });

  it('bounds the streams of an announced flow that sprays SSRCs', () => {
    const recording = new Recording();
    recording.engine.announce(announcement([payload(0, 'PCMU', 8000)]));
    for (let i = 0; i < 5000; i += 1) recording.addRtp({ sequence: i, timestamp: 160 * i, ssrc: i * 7919 }, i);
    expect(recording.engine.streamCount).toBeLessThanOrEqual(16);
  });

  it('keeps RTP and RTCP on one port apart', () => {
    const recording = new Recording();
    recording.addSpeech(10);
    expect(recording.add(receiverReport, 300)).toBe(DatagramVerdict.rtcp);
    expect(recording.engine.rows()).toMatchObject([{ packets: 10 }]);
    expect(recording.add(receiverReport, 300, { flow: 2 })).toBe(DatagramVerdict.rtcp);
    expect(recording.engine.flowVerdict(2)).toEqual({ protocol: 'RTCP', reason: '1 well-formed report' });
  });

  it('leaves STUN, DTLS, ZRTP and QUIC alone', () => {
    const recording = new Recording();
    for (const first of [0x00, 0x01, 0x10, 0x16, 0x40, 0x7f, 0xc0, 0xff]) {
      expect(recording.add(Uint8Array.from([first, ...new Uint8Array(40)]), 0)).toBe(DatagramVerdict.none);
    }
    expect(recording.add(new Uint8Array(0), 0)).toBe(DatagramVerdict.none);
    expect(recording.engine.flowVerdict(0)).toBeNull();
  });

  it('tells streams apart by flow and SSRC', () => {
    const recording = new Recording();
    for (let i = 0; i < 10; i += 1) {
      const fields = { sequence: i, timestamp: 160 * i };
      recording.addRtp(fields, 20 * i, { flow: 0 });
      recording.addRtp(fields, 20 * i + 1, { flow: 1 });
      recording.addRtp({ ...fields, ssrc: 99 }, 20 * i + 2, { flow: 0 });
    }
    expect(recording.engine.streamCount).toBe(3);
    expect(recording.engine.rows().every((row) => row.packets === 10 && row.lost === 0)).toBe(true);
  });

  it('never throws on hostile bytes', () => {
    const random = randomNumbers(99);
    const recording = new Recording();
    recording.engine.announce(announcement([payload(96, 'opus', 48_000), payload(101, 'telephone-event', 48_000)]));
    for (let i = 0; i < 20_000; i += 1) {
      const bytes = rtpBytes({
        sequence: Math.floor(random() * 4) + i,
        timestamp: Math.floor(random() * 2 ** 32),
        payloadType: random() < 0.5 ? 96 : random() < 0.5 ? 101 : Math.floor(random() * 128),
        ssrc: Math.floor(random() * 3),
        payload: new Uint8Array(Math.floor(random() * 8)),
      });
      bytes[0] = 0x80 | Math.floor(random() * 64);
      recording.add(bytes, (random() - 0.5) * 1e6, { missing: random() < 0.1 ? 5 : 0 });
    }
    recording.finish();
    for (const row of recording.engine.rows()) {
      expect(row.lost).toBeGreaterThanOrEqual(0);
      const index = recording.engine.mediaIndex(row.id, recording);
      expect(index?.count).toBeLessThanOrEqual(row.packets);
      expect(recording.engine.packetRows(row.id, recording)?.count).toBe(row.packets);
    }
  });
});

describe('binding', () => {
  it('follows a description that redefines a static payload type, and says so', () => {
    const recording = new Recording();
    recording.engine.announce(announcement([payload(9, 'G722', 16_000)], { frame: 7 }));
    recording.addSpeech(3, { payloadType: 9 });
    expect(recording.engine.rows()).toMatchObject([{ codec: 'G722', clockRateHz: 16_000, basis: 'sdp' }]);
    expect(recording.diagnostics).toEqual([{ severity: 'note', code: 'rtp-static-type-redefined', frame: 7 }]);
  });

  it('counts packets anew when their description comes after them', () => {
    const recording = new Recording();
    for (let i = 0; i < 50; i += 1) {
      recording.addRtp({ sequence: i, timestamp: 960 * i, payloadType: 96 }, 20 * i + (i % 2) * 4);
    }
    expect(recording.engine.rows()).toMatchObject([{ codec: null, clockRateHz: null, meanJitterMs: null }]);
    const frame = recording.nextFrame;
    recording.engine.announce(announcement([payload(96, 'opus', 48_000)], { frame, timeNs: 1e9 }));
    expect(recording.engine.staleStreams()).toHaveLength(1);
    recording.finish();
    expect(recording.engine.staleStreams()).toHaveLength(0);
    const [row] = recording.engine.rows();
    expect(row).toMatchObject({ codec: 'opus', clockRateHz: 48_000, basis: 'sdp', packets: 50, lost: 0 });
    expect(row.maxJitterMs).toBeGreaterThan(3.8);
    // Wireshark reads the capture once: for it the clock rate was not known in time.
    expect(row.wireshark).toMatchObject({ minJitterMs: -1, meanJitterMs: 0, maxJitterMs: 0 });
  });

  it('does not let a later call on the same port explain an earlier stream', () => {
    const recording = new Recording();
    for (let i = 0; i < 20; i += 1) recording.addRtp({ sequence: i, timestamp: 160 * i, payloadType: 97 }, 20 * i);
    const frame = recording.nextFrame;
    recording.engine.announce(announcement([payload(97, 'iLBC', 8000)], { frame, timeNs: 60e9 }));
    recording.finish();
    expect(recording.engine.rows()).toMatchObject([{ codec: null, callId: null }]);
  });

  it('changes the meaning of a payload type from the frame of a new description on', () => {
    const recording = new Recording();
    recording.engine.announce(announcement([payload(96, 'opus', 48_000)]));
    for (let i = 0; i < 60; i += 1) {
      if (i === 30) {
        const change = { frame: recording.nextFrame, timeNs: 600e6, callId: 'call-b' };
        recording.engine.announce(announcement([payload(96, 'iLBC', 8000)], change));
      }
      const timestamp = i < 30 ? 960 * i : 960 * 30 + 160 * (i - 30);
      recording.addRtp({ sequence: i, timestamp, payloadType: 96 }, 20 * i);
    }
    recording.finish();
    const [row] = recording.engine.rows();
    expect(row).toMatchObject({ codec: 'iLBC', clockRateHz: 8000, lost: 0, callId: 'call-a' });
    expect(row.maxJitterMs).toBeCloseTo(0, 6);
    expect(recording.engine.streams()[0].callIds).toEqual(['call-a', 'call-b']);
    const packets = recording.engine.packetRows(row.id, recording);
    for (let i = 0; i < row.packets; i += 1) expect(packets?.row(i).jitterMs ?? 0).toBeCloseTo(0, 6);
  });

  it("reads the other side's description where the address was translated", () => {
    const recording = new Recording();
    recording.engine.announce(announcement([payload(96, 'opus', 48_000)], { address: '10.0.0.1', port: 5000 }));
    recording.addRtp({ sequence: 1, timestamp: 0, payloadType: 96 }, 0);
    expect(recording.engine.rows()).toMatchObject([{ codec: 'opus', basis: 'sdp', callId: 'call-a' }]);
  });

  it('obeys the user before everything else', () => {
    const recording = new Recording();
    recording.engine.announce(announcement([payload(96, 'opus', 48_000)]));
    for (let i = 0; i < 20; i += 1) recording.addRtp({ sequence: i, timestamp: 160 * i, payloadType: 96 }, 20 * i);
    const [{ id }] = recording.engine.rows();
    recording.engine.bind(id, 96, payload(96, 'iLBC', 8000, 'user'));
    recording.finish();
    expect(recording.engine.rows()).toMatchObject([{ codec: 'iLBC', basis: 'user', clockRateHz: 8000 }]);
    expect(recording.engine.rows()[0].maxJitterMs).toBeCloseTo(0, 6);
  });

  it('marks streams of secure profiles', () => {
    const recording = new Recording();
    recording.engine.announce(announcement([payload(0, 'PCMU', 8000)], { isSecure: true, frame: 1 }));
    recording.addSpeech(3);
    expect(recording.engine.rows()).toMatchObject([{ encryption: 'srtp', decrypted: false }]);
    expect(recording.engine.flowVerdict(0)).toEqual({ protocol: 'SRTP', reason: 'SDP of frame 1' });
  });

  it.each([
    [8000, 160, 20],
    [16_000, 320, 20],
    [48_000, 960, 20],
    [44_100, 441, 10],
    [90_000, 3000, 100 / 3],
  ])('infers a clock of %i Hz', (clockRateHz, step, intervalMs) => {
    const random = randomNumbers(clockRateHz);
    const recording = new Recording();
    for (let i = 0; i < 500; i += 1) {
      recording.addRtp({ sequence: i, timestamp: step * i, payloadType: 97 }, intervalMs * i + 15 * random());
    }
    recording.finish();
    const [row] = recording.engine.rows();
    expect(row).toMatchObject({ codec: null, clockRateHz, basis: 'inferred', packets: 500, lost: 0, confidence: 0 });
    // Transit spreads evenly over 15 ms, so |D| is 5 ms in the mean.
    expect(row.meanJitterMs).toBeGreaterThan(3.5);
    expect(row.meanJitterMs).toBeLessThan(6.5);
    expect(row.wireshark).toMatchObject({ minJitterMs: -1, maxJitterMs: 0 });
  });

  it('infers no clock where packets come at no rate that fits one', () => {
    const recording = new Recording();
    for (let i = 0; i < 200; i += 1) recording.addRtp({ sequence: i, timestamp: 1024 * i, payloadType: 97 }, 33.3 * i);
    recording.finish();
    expect(recording.engine.rows()).toMatchObject([{ clockRateHz: null, basis: null, meanJitterMs: null }]);
  });
});

describe('rows', () => {
  it('pairs the two directions', () => {
    const recording = new Recording();
    for (let i = 0; i < 20; i += 1) {
      recording.addRtp({ sequence: i, timestamp: 160 * i, ssrc: 1 }, 20 * i, { flow: 0 });
      recording.addRtp({ sequence: i, timestamp: 160 * i, ssrc: 2 }, 20 * i, { flow: 1 });
    }
    const [a, b] = recording.engine.rows();
    expect(a.peerId).toBe(b.id);
    expect(b.peerId).toBe(a.id);
  });

  it('collects digits, also of events that nobody signalled', () => {
    for (const isSignalled of [true, false]) {
      const recording = new Recording();
      const payloads = [payload(0, 'PCMU', 8000), payload(101, 'telephone-event', 8000)];
      if (isSignalled) recording.engine.announce(announcement(payloads));
      recording.addSpeech(10);
      [3, 11].forEach((event, n) => {
        for (let i = 0; i < 5; i += 1) {
          const eventBytes = Uint8Array.from([event, i < 2 ? 0x0a : 0x8a, 0, Math.min(i + 1, 3) * 80]);
          const fields = { sequence: 1010 + 5 * n + i, timestamp: 9600 + 800 * n, marker: i === 0, payloadType: 101 };
          recording.addRtp({ ...fields, payload: eventBytes }, 200 + 100 * n + 20 * i);
        }
      });
      recording.finish();
      expect(recording.engine.rows()).toMatchObject([{ dtmf: '3#', codec: 'PCMU', payloadTypes: [0, 101], lost: 0 }]);
    }
  });

  it('takes back an event that turns out to be none', () => {
    const recording = new Recording();
    recording.addSpeech(10);
    for (let i = 0; i < 20; i += 1) {
      const bytes = i === 0 ? Uint8Array.from([1, 0x0a, 0, 80]) : new Uint8Array(160);
      recording.addRtp(
        { sequence: 1010 + i, timestamp: 9600 + 160 * i, marker: i === 0, payloadType: 97, payload: bytes },
        200 + 20 * i,
      );
    }
    recording.finish();
    expect(recording.engine.rows()).toMatchObject([{ dtmf: '', packets: 30, lost: 0 }]);
    expect(recording.engine.streams()[0].uses.map((use) => use.isEvent)).toEqual([false, false]);
  });

  it('tells restarts and strays', () => {
    const recording = new Recording();
    recording.addSpeech(250);
    recording.addSpeech(250, { sequence: 40_000, timestamp: 900_000, startMs: 5000 });
    recording.finish();
    expect(recording.engine.rows()).toMatchObject([{ packets: 500, expected: 500, lost: 0, restarts: 1 }]);
    expect(recording.diagnostics.map((d) => d.code)).toEqual(['rtp-restart']);
  });

  it('grows its revision with every change', () => {
    const recording = new Recording();
    recording.addSpeech(5);
    const before = recording.engine.revision;
    recording.addSpeech(1, { sequence: 1005, timestamp: 8800, startMs: 100 });
    expect(recording.engine.revision).toBeGreaterThan(before);
    expect(recording.engine.rows()[0].packets).toBe(6);
  });
});

describe('decodeAs', () => {
  it('believes what the user says of a port, and shows it as said', () => {
    const recording = new Recording();
    // Three packets prove nothing by themselves.
    for (let i = 0; i < 3; i += 1) recording.addRtp({ sequence: i, timestamp: 160 * i, payloadType: 97 }, 20 * i);
    recording.finish();
    expect(recording.engine.rows()).toEqual([]);
    const format = { encodingName: 'pcma', clockRateHz: null, channels: null };
    expect(recording.engine.decodeAs({ port: 6000, format }, recording)).toBe(1);
    const row = { codec: 'PCMA', clockRateHz: 8000, basis: 'user', confidence: 1, packets: 3 };
    expect(recording.engine.rows()).toMatchObject([row]);
    expect(recording.engine.decodeAs({ port: 9, format }, recording)).toBe(0);
  });
});
