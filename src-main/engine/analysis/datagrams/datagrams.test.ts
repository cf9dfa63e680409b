import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse, capturePath, capturesIn, hasCaptures } from '../../../testing/oracles';
import { concat } from '../../capture/testing/capture-builder';
import { dtlsContent, isDtls } from '../../protocols/dtls';
import { isQuicLong } from '../../protocols/quic';
import { isChannelData, isStun, stunChannel, stunName, stunPeer } from '../../protocols/stun';
import { isZrtp } from '../../protocols/zrtp';
import type { CaptureAnalysis } from '../pipeline/capture-analysis';
import { randomNumbers } from '../rtp/testing/recording';
import { rtpBytes } from '../rtp/testing/recording';
import { Conversations, type Side } from '../sessions/testing/conversations';

const client: Side = { address: '10.0.0.1', port: 40_000 };
const server: Side = { address: '198.51.100.9', port: 50_123 };

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const rtp = (i: number, ssrc = 0x1234abcd, payloadType = 0): Uint8Array =>
  rtpBytes({
    sequence: 65_530 + i,
    timestamp: 160 * i,
    ssrc,
    payloadType,
    payload: new Uint8Array(160).fill(0xd5 ^ (i % 3)),
  });

function verdict(analysis: CaptureAnalysis, kind: 'udp' | 'tcp'): string {
  const page = analysis.tables.page({ table: `conversations.${kind}`, offset: 0, limit: 1 });
  const [row] = page?.rows ?? [];
  return `${String(row?.protocol)}: ${String(row?.reason)}`;
}

function stun(type: number, ...attributes: Uint8Array[]): Uint8Array {
  const body = concat(...attributes);
  return concat(
    Uint8Array.of(type >> 8, type & 0xff, body.length >> 8, body.length & 0xff),
    hex('2112a442 0102030405060708090a0b0c'),
    body,
  );
}

function attribute(type: number, value: Uint8Array): Uint8Array {
  const padding = new Uint8Array((4 - (value.length % 4)) % 4);
  return concat(Uint8Array.of(type >> 8, type & 0xff, value.length >> 8, value.length & 0xff), value, padding);
}

/** 203.0.113.5:7000, masked by the magic cookie. */
const peer = attribute(
  0x0012,
  Uint8Array.of(0, 1, (7000 ^ 0x2112) >> 8, (7000 ^ 0x2112) & 0xff, 203 ^ 0x21, 0 ^ 0x12, 113 ^ 0xa4, 5 ^ 0x42),
);
const bind = stun(0x0009, attribute(0x000c, hex('40000000')), peer);
const channel = (payload: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(0x40, 0, payload.length >> 8, payload.length & 0xff), payload);

describe('first bytes', () => {
  it('tell STUN and what it says', () => {
    expect(isStun(bind, 0, bind.length, true)).toBe(true);
    expect(stunName(bind, 0)).toBe('ChannelBind request');
    expect(stunChannel(bind, 0, bind.length)).toBe(0x4000);
    expect(stunPeer(bind, 0, bind.length)).toEqual({ address: '203.0.113.5', port: 7000 });
    // The sample of RFC 5769, section 2.1: a request with FINGERPRINT.
    const sample = hex(`000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff
      80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf`);
    expect(isStun(sample, 0, sample.length, true)).toBe(true);
    expect(isStun(sample, 0, sample.length - 4, true)).toBe(false);
    expect(stunName(sample, 0)).toBe('Binding request');
  });

  it('tell DTLS, ZRTP and QUIC', () => {
    const hello = concat(hex('16feff0000000000000000 0003'), hex('010203'));
    expect(isDtls(hello, 0, hello.length, 0)).toBe(true);
    expect(isDtls(hello, 0, hello.length - 1, 0)).toBe(false);
    expect(isDtls(hello, 0, hello.length - 1, 1)).toBe(true);
    expect(dtlsContent(hello, 0)).toBe('handshake');
    const zrtp = concat(hex('1000 0001 5a525450 12345678'), new Uint8Array(16));
    expect(isZrtp(zrtp, 0, zrtp.length)).toBe(true);
    const initial = concat(hex('c0 00000001 08 0102030405060708 00 00 4040'), new Uint8Array(60));
    expect(isQuicLong(initial, 0, initial.length)).toBe(true);
  });

  it('survive anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(3), (bytes, missing) => {
        isStun(bytes, 0, bytes.length, true);
        stunPeer(bytes, 0, bytes.length);
        stunChannel(bytes, 0, bytes.length);
        isChannelData(bytes, 0, bytes.length);
        isDtls(bytes, 0, bytes.length, missing);
        isZrtp(bytes, 0, bytes.length);
        isQuicLong(bytes, 0, bytes.length);
      }),
    );
  });
});

describe('RTP inside of others', () => {
  it('comes out of TURN channels, with the peer', () => {
    const talk = new Conversations().datagram(client, server, bind);
    for (let i = 0; i < 20; i += 1) {
      talk.datagram(client, server, channel(rtp(i))).datagram(server, client, channel(rtp(i, 0x77)));
    }
    const analysis = talk.analyse();
    expect(analysis.streams()).toMatchObject([
      { src: '10.0.0.1:40000', dst: '203.0.113.5:7000', ssrc: '0x1234abcd', packets: 20, lost: 0 },
      { src: '203.0.113.5:7000', dst: '10.0.0.1:40000', ssrc: '0x00000077', packets: 20, lost: 0 },
    ]);
    expect(verdict(analysis, 'udp')).toBe('TURN: ChannelBind request in frame 1');
  });

  it('comes out of Send and Data indications', () => {
    const talk = new Conversations();
    for (let i = 0; i < 20; i += 1) {
      talk.datagram(client, server, stun(0x0016, peer, attribute(0x0013, rtp(i))));
      talk.datagram(server, client, stun(0x0017, peer, attribute(0x0013, rtp(i, 0x77))));
    }
    expect(talk.analyse().streams()).toMatchObject([
      { src: '10.0.0.1:40000', dst: '203.0.113.5:7000', packets: 20 },
      { src: '203.0.113.5:7000', dst: '10.0.0.1:40000', packets: 20 },
    ]);
  });

  it('comes out of TURN over TCP', () => {
    const talk = new Conversations().segment(client, server, bind);
    for (let i = 0; i < 20; i += 1) talk.segment(client, server, channel(rtp(i)));
    const analysis = talk.analyse();
    expect(analysis.streams()).toMatchObject([{ dst: '203.0.113.5:7000', packets: 20 }]);
    expect(verdict(analysis, 'tcp')).toContain('TURN');
  });

  it('comes out of a byte stream behind its lengths, however it is cut', () => {
    const whole = concat(...Array.from({ length: 40 }, (_, i) => concat(Uint8Array.of(0, 172), rtp(i))));
    for (const step of [173, 1460, 37]) {
      const talk = new Conversations();
      for (let at = 0; at < whole.length; at += step) talk.segment(client, server, whole.subarray(at, at + step));
      const analysis = talk.analyse();
      expect(analysis.streams(), `${step} bytes a segment`).toMatchObject([
        { packets: 40, lost: 0, ssrc: '0x1234abcd' },
      ]);
      expect(verdict(analysis, 'tcp')).toContain('RFC 4571');
    }
  });

  it('comes out of an RTSP connection whose beginning was not captured', () => {
    const frame = (i: number): Uint8Array => concat(Uint8Array.of(0x24, 0, 0, 172), rtp(i));
    const talk = new Conversations();
    for (let i = 0; i < 30; i += 2) talk.segment(server, client, concat(frame(i), frame(i + 1)));
    const analysis = talk.analyse();
    expect(analysis.streams()).toMatchObject([{ packets: 30, lost: 0, sessionId: 'rtsp-session-1' }]);
    expect(analysis.document().sessions).toMatchObject([
      { state: 'playing', client: '10.0.0.1:40000', server: '198.51.100.9:50123', hasMessages: false },
    ]);
    expect(verdict(analysis, 'tcp')).toContain('RTSP');
  });

  it.each([4, 8, 13, 20])('comes out from behind a header of %i bytes, the first packets included', (length) => {
    const talk = new Conversations();
    for (let i = 0; i < 40; i += 1) {
      const header = Uint8Array.from({ length }, (_, at) => (at === 0 ? 5 : (at * 31 + (at === 2 ? i : 0)) & 0x7f));
      talk.datagram(client, server, concat(header, rtp(i)));
    }
    const analysis = talk.analyse();
    expect(analysis.streams()).toMatchObject([{ packets: 40, lost: 0, ssrc: '0x1234abcd' }]);
    expect(verdict(analysis, 'udp')).toBe(`RTP: RTP behind ${length} other bytes, in sequence until frame 12`);
  });
});

describe('what is no RTP', () => {
  it('gives no stream: 20 000 random datagrams', () => {
    const random = randomNumbers(20);
    const talk = new Conversations();
    for (let i = 0; i < 20_000; i += 1) {
      const bytes = Uint8Array.from({ length: 12 + Math.floor(random() * 300) }, () => Math.floor(random() * 256));
      const port = 40_000 + Math.floor(random() * 50);
      const isBack = random() < 0.5;
      // Half of them pretend to be version 2.
      if (i % 2 === 0) bytes[0] = 0x80 | (bytes[0] & 0x3f);
      talk.datagram(isBack ? server : { ...client, port }, isBack ? { ...client, port } : server, bytes);
    }
    expect(talk.analyse().streams()).toEqual([]);
  });

  it('gives no stream: counters that look like sequence numbers', () => {
    const talk = new Conversations();
    for (let i = 0; i < 200; i += 1) {
      const bytes = new Uint8Array(60).fill(0x80);
      bytes.set([0x05, 0x01, (i >> 8) & 0xff, i & 0xff, 0, 0, 0, 0], 0);
      talk.datagram(client, server, bytes);
      talk.datagram(
        { ...client, port: 9 },
        server,
        Uint8Array.from(bytes, (byte, at) => (at === 30 ? i : byte)),
      );
    }
    expect(talk.analyse().streams()).toEqual([]);
  });

  it.skipIf(!hasCaptures).each(capturesIn('public/proprietary-udp', /pcap/))('gives no stream: %s', (name) => {
    expect(analyse(capturePath(name)).streams()).toEqual([]);
  });

  it.skipIf(!hasCaptures).each(capturesIn('public/negative', /(genshin|iodine|netbios).*pcap/))(
    'gives no stream: %s',
    (name) => {
      expect(analyse(capturePath(name)).streams()).toEqual([]);
    },
  );

  /** They are in a collection of what other recognisers mistake; the packets themselves are speech, told below. */
  it.skipIf(!hasCaptures)('is not everything that others take for something else', () => {
    const speech = analyse(capturePath('public/negative/ndpi-false_positives.pcapng')).streams();
    const figures = speech.map(({ ssrc, codec, packets, lost }) => [ssrc, codec, packets, lost].join(' '));
    // A-law silence (0x55, 0xd5) in steps of 160 every 20 ms, and AMR inside GTP tunnels in steps of 160 and 320.
    expect(figures.filter((text) => text.includes('PCMA'))).toEqual([
      '0x34127856 PCMA 15 0',
      '0x429fd390 PCMA 15 0',
      '0x34127856 PCMA 18 0',
      '0xb0afe132 PCMA 12 0',
    ]);
    expect(speech).toHaveLength(7);
    // Encrypted speech: SRTP, with SRTCP on the next ports; each SSRC passes the relay in both legs.
    const relayed = analyse(capturePath('public/negative/ndpi-KakaoTalk_talk.pcap')).streams();
    expect(relayed.map(({ ssrc }) => ssrc).sort()).toEqual(['0x0b865519', '0x0b865519', '0x549aa5da', '0x549aa5da']);
  });
});
