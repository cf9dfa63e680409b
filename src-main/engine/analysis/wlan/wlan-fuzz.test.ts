import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCipherSuite } from '../../../workers/node-cipher-suite';
import { Frame } from '../../capture/frame';
import { LinkType } from '../../capture/link-types';
import { TestSink } from '../../capture/testing/collect';
import { concatBytes } from '../../crypto/cipher-suite';
import { prfSha1 } from '../../crypto/key-derivation';
import { PacketDecoder } from '../../link/packet-decoder';
import { PacketView } from '../../net/packet';
import { groupKeysOf, parseElements, parseKeyFrame } from '../../protocols/wlan/index';
import { parseWlanKey, type WlanKey } from './wlan-keys';
import { WlanTracker } from './wlan-tracker';

const bssid = Uint8Array.of(2, 0, 0, 0, 0, 1);
const station = Uint8Array.of(2, 0, 0, 0, 0, 2);
const master = new Uint8Array(32).fill(9);
const key: WlanKey = { kind: 'pmk', ssid: null, pmk: master };
const nonceA = new Uint8Array(32).fill(0xa1);
const nonceS = new Uint8Array(32).fill(0x51);
const be16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);

/** A data frame with an EAPOL payload, from the access point or to it. */
function eapolFrame(isFromAp: boolean, eapol: Uint8Array): Uint8Array {
  const [first, second] = isFromAp ? [station, bssid] : [bssid, station];
  const header = concatBytes(Uint8Array.of(0x08, isFromAp ? 2 : 1, 0, 0), first, second, bssid, new Uint8Array(2));
  return concatBytes(header, Uint8Array.of(0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e), eapol);
}

interface KeyFields {
  readonly information: number;
  readonly counter: number;
  readonly nonce?: Uint8Array;
  readonly data?: Uint8Array;
  readonly confirmation?: Uint8Array;
}

/** An EAPOL-Key frame of RSN, with its MIC when there is a key for it. */
function keyFrame({ confirmation, counter, data = new Uint8Array(0), information, nonce }: KeyFields): Uint8Array {
  const body = concatBytes(
    Uint8Array.of(2),
    be16(information),
    be16(16),
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, counter),
    nonce ?? new Uint8Array(32),
    new Uint8Array(48),
    be16(data.length),
    data,
  );
  const whole = concatBytes(Uint8Array.of(2, 3), be16(body.length), body);
  if (confirmation) whole.set(nodeCipherSuite.hmac('sha1', confirmation, whole).subarray(0, 16), 81);
  return whole;
}

function play(tracker: WlanTracker, frames: readonly Uint8Array[]): void {
  const decoder = new PacketDecoder(new TestSink(), tracker);
  const packet = new PacketView();
  const frame = new Frame();
  frames.forEach((bytes, i) => {
    frame.bytes = bytes;
    frame.start = 0;
    frame.end = bytes.length;
    frame.wireLength = bytes.length;
    frame.number = i + 1;
    frame.linkType = LinkType.ieee80211;
    decoder.decode(frame, packet);
  });
}

/** Keys of the handshake below: confirmation, encryption, temporal. */
function pairwise(nonce: Uint8Array): Uint8Array {
  const context = concatBytes(bssid, station, nonceS, nonce);
  return prfSha1(nodeCipherSuite, master, 'Pairwise key expansion', context, 48);
}
const confirmation = pairwise(nonceA).subarray(0, 16);
const rsnElement = Uint8Array.from(Buffer.from('30140100000fac040100000fac040100000fac020000', 'hex'));
const messages = [
  eapolFrame(true, keyFrame({ information: 0x008a, counter: 1, nonce: nonceA })),
  eapolFrame(false, keyFrame({ information: 0x010a, counter: 1, nonce: nonceS, data: rsnElement, confirmation })),
  eapolFrame(true, keyFrame({ information: 0x03ca, counter: 2, nonce: nonceA, confirmation })),
  eapolFrame(false, keyFrame({ information: 0x030a, counter: 2, confirmation })),
];

const keysAfter = (keys: readonly WlanKey[], frames: readonly Uint8Array[]) => {
  const tracker = new WlanTracker(nodeCipherSuite, keys, new TestSink());
  play(tracker, frames);
  return tracker.rows()[0]?.stations[0];
};

describe('four-way handshake', () => {
  it('gives a key from messages 1 and 2, or 2 and 3, and counts all', () => {
    expect(keysAfter([key], messages)).toMatchObject({ keys: 1, handshakeMessages: [1, 1, 1, 1] });
    expect(keysAfter([key], messages.slice(0, 2))).toMatchObject({ keys: 1, handshakeMessages: [1, 1, 0, 0] });
    expect(keysAfter([key], messages.slice(1, 3))).toMatchObject({ keys: 1, handshakeMessages: [0, 1, 1, 0] });
    expect(keysAfter([key], [messages[0], messages[2], messages[3]])).toMatchObject({ keys: 0 });
  });

  it('tells a wrong key only where the nonces are of one run', () => {
    const wrong: WlanKey = { kind: 'pmk', ssid: null, pmk: new Uint8Array(32) };
    expect(keysAfter([wrong], messages)).toMatchObject({ keys: 0, state: 'wrong-key' });
    const other = eapolFrame(true, keyFrame({ information: 0x008a, counter: 7, nonce: nonceS }));
    expect(keysAfter([wrong], [other, messages[1]])).toMatchObject({ keys: 0, state: 'open' });
  });

  it('names missing messages when there are encrypted frames', () => {
    const data = concatBytes(
      Uint8Array.of(0x08, 0x42, 0, 0),
      station,
      bssid,
      bssid,
      new Uint8Array(2),
      Uint8Array.of(1, 0, 0, 0x20, 0, 0, 0, 0),
      new Uint8Array(40),
    );
    const left = keysAfter([key], [messages[0], messages[2], data]);
    expect(left).toMatchObject({ state: 'no-handshake', protectedFrames: 1 });
    expect(left?.explanation).toBe('Messages 2, 4 of the four-way handshake are missing.');
  });

  it('takes a new key by a second handshake, and keeps the first for reading again', () => {
    const renewed = new Uint8Array(32).fill(0xa2);
    const second = pairwise(renewed).subarray(0, 16);
    const rekeying = [
      eapolFrame(true, keyFrame({ information: 0x008a, counter: 3, nonce: renewed })),
      eapolFrame(
        false,
        keyFrame({ information: 0x030a, counter: 3, nonce: nonceS, data: rsnElement, confirmation: second }),
      ),
    ];
    expect(keysAfter([key], [...messages, ...rekeying])).toMatchObject({ keys: 2, handshakeMessages: [2, 2, 1, 1] });
  });
});

describe('hostile frames', () => {
  it('never throws on key frames, elements and key data of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        parseKeyFrame(bytes, 0, bytes.length);
        parseElements(bytes, 0, bytes.length);
        groupKeysOf(bytes);
      }),
    );
  });

  it('never throws on changed handshakes with valid codes, and on protected frames of any bytes', () => {
    const information = fc.integer({ min: 0, max: 0xffff });
    const fields = fc.record({
      information,
      counter: fc.integer({ min: 0, max: 255 }),
      nonce: fc.constantFrom(nonceA, nonceS),
      data: fc.uint8Array({ maxLength: 120 }),
      confirmation: fc.constant(confirmation),
    });
    const any = fc.uint8Array({ minLength: 10, maxLength: 120 });
    const wlan = fc.tuple(fc.boolean(), fields).map(([isFromAp, each]) => eapolFrame(isFromAp, keyFrame(each)));
    const changed = fc.tuple(fc.constantFrom(...messages), any, fc.nat({ max: 150 })).map(([message, noise, at]) => {
      const bytes = message.slice();
      bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
      return bytes;
    });
    const protectedFrame = any.map((bytes) => concatBytes(Uint8Array.of(0x88, 0x42, 0, 0), station, bssid, bytes));
    const frame = fc.oneof(wlan, changed, protectedFrame, fc.constantFrom(...messages), any);
    const temporal: WlanKey = { kind: 'temporal', key: new Uint8Array(16) };
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), (frames) => {
        const tracker = new WlanTracker(nodeCipherSuite, [key, temporal], new TestSink());
        play(tracker, frames);
        tracker.finish();
        expect(tracker.rows().length).toBeLessThanOrEqual(frames.length);
      }),
      { numRuns: 300 },
    );
  });

  it('understands keys, and does not repeat those it does not', () => {
    expect(parseWlanKey('home:pass:word').ok).toBe(true);
    for (const text of ['secret', 'home:short', `home:${'x'.repeat(64)}`, `${'n'.repeat(33)}:passphrase`, 'abcd']) {
      const parsed = parseWlanKey(text);
      expect(parsed.ok).toBe(false);
      expect(JSON.stringify(parsed)).not.toContain(text.split(':').at(-1));
    }
  });
});
