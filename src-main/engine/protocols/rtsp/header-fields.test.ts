import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1Text, utf8Bytes } from '../../bytes/text';
import { challengesOf, credentialsOf, maskSecrets, withoutPassword } from './credentials';
import { parseHead } from './message';
import { probeStartLine } from './start-line';
import { parseRtpInfo, parseTransport } from './transport';

const probe = (line: string): string => probeStartLine(utf8Bytes(line), 0, utf8Bytes(line).length);

describe('RTSP start lines', () => {
  it('tells them from those of other protocols', () => {
    expect(probe('DESCRIBE rtsp://camera/stream RTSP/1.0\r\n')).toBe('yes');
    expect(probe('OPTIONS * RTSP/2.0\r\n')).toBe('yes');
    expect(probe('RTSP/1.0 200 OK\r\n')).toBe('yes');
    expect(probe('RTSP/1.0 2')).toBe('more');
    expect(probe('OPTIO')).toBe('more');
    expect(probe('OPTIONS * HTTP/1.1\r\n')).toBe('no');
    expect(probe('OPTIONS sip:alice@example.com SIP/2.0\r\n')).toBe('no');
    expect(probe('RTSP/x')).toBe('no');
    expect(probe('GET /a.m3u8 HTTP')).toBe('no');
    expect(probe('X_OWN rtsp://h')).toBe('yes');
    expect(probe('hello world\r\n')).toBe('no');
    expect(probe('')).toBe('more');
  });

  it('never says yes to a beginning and no to what follows it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (tail) => {
        const line = `SETUP rtsp://h/${tail}`;
        for (let i = 1; i < line.length; i += 1) {
          if (probe(line.slice(0, i)) === 'no') expect(probe(line)).toBe('no');
        }
      }),
    );
  });

  it('reads both versions', () => {
    expect(parseHead(['PLAY rtsp://h/a b RTSP/2.0', 'CSeq: 4', 'A: b', ' c'])).toMatchObject({
      method: 'PLAY',
      url: 'rtsp://h/a b',
      version: '2.0',
    });
    expect(parseHead(['RTSP/1.0 461 Unsupported Transport'])).toMatchObject({ statusCode: 461 });
    expect(parseHead(['GET / HTTP/1.1'])).toBeNull();
  });
});

describe('the Transport field', () => {
  it('is read with ports, channels and SSRC', () => {
    const [first, second] = parseTransport(
      'RTP/AVP;unicast;source=10.0.0.1;client_port=4588-4589;server_port=6256-6257;ssrc=2A3F93ED;mode="PLAY",' +
        'RTP/AVP/TCP;unicast;interleaved=0-1',
    );
    expect(first).toMatchObject({ clientPort: [4588, 4589], serverPort: [6256, 6257], ssrc: 0x2a3f93ed, mode: 'play' });
    expect(first).toMatchObject({ source: '10.0.0.1', isTcp: false, isMulticast: false });
    expect(second).toMatchObject({ interleaved: [0, 1], isTcp: true });
  });

  it('is read in the form of RTSP 2.0', () => {
    const [spec] = parseTransport(
      'RTP/AVP/UDP;unicast;dest_addr="192.0.2.5:3456"/"192.0.2.5:3457";src_addr="[2001:db8::1]:50000";mode="RECORD"',
    );
    expect(spec).toMatchObject({ destination: '192.0.2.5', clientPort: [3456, 3457], mode: 'record' });
    expect(spec).toMatchObject({ source: '2001:db8::1', serverPort: [50_000, 50_001] });
  });

  it('takes multicast, and refuses ports that are none', () => {
    const [spec] = parseTransport(
      'RTP/AVP;multicast;destination=239.255.42.42;port=5000-5001;ttl=127;client_port=99999',
    );
    expect(spec).toMatchObject({ isMulticast: true, destination: '239.255.42.42', port: [5000, 5001] });
    expect(spec.clientPort).toEqual([-1, -1]);
    fc.assert(fc.property(fc.string(), (value) => void parseTransport(value)));
  });
});

describe('RTP-Info', () => {
  it('tells where each stream goes on', () => {
    expect(parseRtpInfo('url=rtsp://h/a,b/1;seq=45102;rtptime=12345678,url=rtsp://h/a/2;seq=30211')).toEqual([
      { url: 'rtsp://h/a,b/1', sequence: 45102, rtpTime: 12345678, ssrc: -1 },
      { url: 'rtsp://h/a/2', sequence: 30211, rtpTime: -1, ssrc: -1 },
    ]);
    expect(parseRtpInfo('url="rtsp://h/1" ssrc=0A13C760:seq=45102;rtptime=12345678')[0]).toMatchObject({
      ssrc: 0x0a13c760,
      sequence: 45102,
    });
    fc.assert(fc.property(fc.string(), (value) => void parseRtpInfo(value)));
  });
});

describe('credentials', () => {
  it('are named, the password never', () => {
    const basic = `Basic ${Buffer.from('admin:geheim').toString('base64')}`;
    expect(credentialsOf(basic)).toEqual({ scheme: 'Basic', user: 'admin' });
    expect(credentialsOf('Digest username="eve", realm="r", response="00"')).toEqual({ scheme: 'Digest', user: 'eve' });
    expect(credentialsOf(undefined)).toBeNull();
    expect(challengesOf('Digest realm="a, Basic b", nonce="x", qop="auth", Basic realm="c"')).toEqual({
      schemes: ['Digest', 'Basic'],
      realm: 'a, Basic b',
    });
  });

  it('are starred out of messages and URLs', () => {
    const secret = Buffer.from('admin:geheim').toString('base64');
    const bytes = utf8Bytes(`PLAY rtsp://root:pw@cam/x RTSP/1.0\r\nAuthorization: Basic ${secret}\r\nX: y\r\n\r\n`);
    const { length } = bytes;
    maskSecrets(bytes);
    const shown = latin1Text(bytes);
    expect(shown).toHaveLength(length);
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(':pw@');
    expect(shown).toContain('X: y');
    expect(withoutPassword('rtsp://root:pw@cam:554/x?a=b:c@d')).toBe('rtsp://root:***@cam:554/x?a=b:c@d');
    expect(withoutPassword('rtsp://cam:554/x')).toBe('rtsp://cam:554/x');
  });

  it('are read from anything without a fault', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 400 }), (value, bytes) => {
        credentialsOf(value);
        challengesOf(value);
        withoutPassword(value);
        maskSecrets(bytes);
      }),
    );
  });
});
