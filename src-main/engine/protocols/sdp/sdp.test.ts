import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress } from './address';
import { explainSdpLine } from './explain';
import { parseSdp } from './parse-sdp';

const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n`;
const session = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'];

describe('parseSdp', () => {
  it('reads media with signalled and static payload types', () => {
    const [audio] = parseSdp(
      lines(
        ...session,
        'm=audio 4000 RTP/AVP 0 96 101 18 13 77',
        'a=rtpmap:96 opus/48000/2',
        'a=fmtp:96 stereo=1; useinbandfec=1',
        'a=rtpmap:101 Telephone-Event/8000',
        'a=fmtp:101 0-16',
        'a=fmtp:18 annexb=no',
        'a=ptime:20',
        'a=ssrc:3735928559 cname:alice@example.com',
      ),
    );
    expect(audio).toMatchObject({
      media: 'audio',
      isRtp: true,
      isSecure: false,
      address: '192.0.2.1',
      port: 4000,
      rtcpPort: 4001,
      direction: 'sendrecv',
      isOnHold: false,
      ptimeMs: 20,
    });
    expect(audio.sources).toEqual([{ ssrc: 0xdeadbeef, cname: 'alice@example.com' }]);
    expect(audio.payloads).toEqual([
      { payloadType: 0, encodingName: 'PCMU', clockRateHz: 8000, channels: 1, fmtp: '', basis: 'static' },
      {
        payloadType: 96,
        encodingName: 'opus',
        clockRateHz: 48000,
        channels: 2,
        fmtp: 'stereo=1; useinbandfec=1',
        basis: 'sdp',
      },
      { payloadType: 101, encodingName: 'telephone-event', clockRateHz: 8000, channels: 1, fmtp: '0-16', basis: 'sdp' },
      { payloadType: 18, encodingName: 'G729', clockRateHz: 8000, channels: 1, fmtp: 'annexb=no', basis: 'static' },
      { payloadType: 13, encodingName: 'CN', clockRateHz: 8000, channels: 1, fmtp: '', basis: 'static' },
    ]);
  });

  it('lets the media level win over the session level', () => {
    const [audio, video, refused] = parseSdp(
      lines(
        ...session,
        'a=sendonly',
        'm=audio 4000 RTP/AVP 0',
        'c=IN IP6 2001:DB8:0:0::1',
        'a=recvonly',
        'm=video 5000/2 RTP/SAVPF 96',
        'a=rtpmap:96 VP8/90000',
        'a=rtcp:5555 IN IP4 192.0.2.9',
        'm=audio 0 RTP/AVP 0',
      ),
    );
    expect(audio).toMatchObject({ address: '2001:db8::1', direction: 'recvonly', isOnHold: false });
    expect(video).toMatchObject({
      address: '192.0.2.1',
      port: 5000,
      rtcpPort: 5555,
      direction: 'sendonly',
      isOnHold: true,
      isSecure: true,
    });
    expect(refused.port).toBe(0);
  });

  it('knows rtcp-mux, hold by address, and what is no RTP', () => {
    const [audio, fax, web] = parseSdp(
      lines(
        'v=0',
        'm=audio 4000 RTP/AVP 0',
        'c=IN IP4 0.0.0.0',
        'a=rtcp-mux',
        'm=image 4002 udptl t38',
        'c=IN IP4 fax.example.com',
        'm=audio 9 UDP/TLS/RTP/SAVPF 111',
        'c=IN IP4 224.2.1.1/127',
      ),
    );
    expect(audio).toMatchObject({ rtcpPort: 4000, isOnHold: true });
    expect(fax).toMatchObject({ isRtp: false, media: 'unknown', type: 'image', address: '', payloads: [] });
    expect(web).toMatchObject({ isRtp: true, isSecure: true, address: '224.2.1.1', payloads: [] });
  });

  it('takes LF and trailing spaces', () => {
    expect(parseSdp('v=0\nc=IN IP4 192.0.2.1 \nm=audio 4000 RTP/AVP 8 \n')[0]).toMatchObject({
      address: '192.0.2.1',
      port: 4000,
    });
  });

  it('refuses ports, rates and payload types that cannot be', () => {
    const [audio] = parseSdp(
      lines(...session, 'm=audio 70000 RTP/AVP 0 200 96 97 x', 'a=rtpmap:96 foo/0', 'a=rtpmap:97 bar'),
    );
    expect(audio).toMatchObject({ port: 0, payloads: [{ payloadType: 0 }] });
  });

  it('never throws and stays bounded', () => {
    const line = fc.oneof(
      fc.constantFrom(
        ...session,
        'm=audio 4000 RTP/AVP 0',
        'm=',
        'a=rtpmap:',
        'a=rtpmap:0 ',
        'a=rtcp:',
        'a=ssrc:1 cname:',
        'm=audio 1 __proto__ 0',
        'a=fmtp:__proto__ x',
      ),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ maxLength: 40 }).map((text) => `a=${text}`),
      fc.string({ maxLength: 40 }).map((text) => `m=${text}`),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (all) => {
        for (const media of parseSdp(all.join('\r\n'))) {
          expect(media.port).toBeGreaterThanOrEqual(0);
          expect(media.port).toBeLessThan(65536);
          expect(media.payloads.length).toBeLessThanOrEqual(128);
        }
      }),
      { numRuns: 300 },
    );
    const began = performance.now();
    expect(parseSdp('m=audio 1 RTP/AVP 0\r\n'.repeat(3000)).length).toBe(64);
    parseSdp(
      lines(
        ...session,
        `m=audio 1 RTP/AVP ${'0 '.repeat(900)}`,
        ...new Array<string>(1900).fill(`a=fmtp:0 ${'x;'.repeat(900)}`),
      ),
    );
    parseSdp(lines('m=audio 1 RTP/AVP 0', ...new Array<string>(1900).fill('a=ssrc:1 cname:x')));
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('canonicalAddress', () => {
  it('writes addresses as packets are written', () => {
    expect(canonicalAddress('192.0.2.1')).toBe('192.0.2.1');
    expect(canonicalAddress('010.000.002.001')).toBe('10.0.2.1');
    expect(canonicalAddress('2001:DB8:0:0:0:0:0:1')).toBe('2001:db8::1');
    expect(canonicalAddress('::')).toBe('::');
    expect(canonicalAddress('::ffff:192.0.2.1')).toBe('::ffff:c000:201');
    expect(canonicalAddress('[fe80::1%eth0]')).toBe('fe80::1');
    expect(canonicalAddress('ff15::101/3')).toBe('ff15::101');
  });

  it('refuses what is no address', () => {
    for (const text of [
      '',
      'example.com',
      '256.0.0.1',
      '1.2.3',
      '1:2:3:4:5:6:7',
      '1::2::3',
      '1:2:3:4:5:6:7::8',
      '12345::',
      ':',
      ':1',
    ]) {
      expect(canonicalAddress(text)).toBe('');
    }
  });

  it('reads back every address it writes', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = canonicalAddress(text);
        expect(canonical).not.toBe('');
        expect(canonicalAddress(canonical)).toBe(canonical);
      }),
    );
  });
});

describe('explainSdpLine', () => {
  it('says what lines mean', () => {
    expect(explainSdpLine('v=0')).toBe('Version of the description format.');
    expect(explainSdpLine('o=alice 1 2 IN IP4 192.0.2.1')).toBe(
      'Made by alice at 192.0.2.1: session 1, version 2 (a new version means a change).',
    );
    expect(explainSdpLine('c=IN IP4 0.0.0.0')).toContain('hold');
    expect(explainSdpLine('m=audio 4000 RTP/AVP 0 101')).toBe(
      'Receives audio on port 4000 over RTP/AVP (plain RTP); formats by preference: 0 (PCMU), 101.',
    );
    expect(explainSdpLine('m=video 0 RTP/AVP 31')).toContain('refused');
    expect(explainSdpLine('a=rtpmap:101 telephone-event/8000')).toContain('DTMF');
    expect(explainSdpLine('a=fmtp:101 0-16')).toContain('digits');
    expect(explainSdpLine('a=fmtp:96 mode-set=7')).toBe('Format parameters of payload type 96: mode-set=7.');
    expect(explainSdpLine('a=sendonly')).toContain('hold');
    expect(explainSdpLine('a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x')).toContain('AES_CM_128_HMAC_SHA1_80');
    expect(explainSdpLine('a=ssrc:3735928559 cname:alice')).toBe('Source 0xdeadbeef has cname alice (RFC 5576).');
    expect(explainSdpLine('a=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host')).toBe(
      'ICE candidate for RTP: UDP 192.0.2.1 port 4000, of the host itself (RFC 8839).',
    );
    expect(explainSdpLine('b=AS:64')).toContain('64 kbit/s');
    expect(explainSdpLine('a=x-unheard-of:1')).toContain('not known');
  });

  it('says something about every line, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...'vosiuepcbtrzkmax'), fc.string({ maxLength: 60 }), (type, text) => {
        expect(explainSdpLine(`${type}=${text}`)).not.toBe('');
        expect(explainSdpLine(`a=${text}`)).not.toBe('');
      }),
    );
  });
});
