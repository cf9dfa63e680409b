import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capturePath, hasCaptures, hasTshark, tsharkFields } from '../../../testing/oracles';
import { FileSource } from '../../../workers/file-source';
import { nodeCipherSuite } from '../../../workers/node-cipher-suite';
import { CaptureAnalysis } from '../pipeline/capture-analysis';
import { parseWlanKey } from './wlan-keys';

/** The whole analysis of a capture with keys. */
function analyse(name: string, ...keys: string[]): CaptureAnalysis {
  const wlanKeys = keys.map((text) => {
    const key = parseWlanKey(text);
    if (!key.ok) throw new Error(key.error.message);
    return key.value;
  });
  const opened = CaptureAnalysis.open(new FileSource(capturePath(name)), { ciphers: nodeCipherSuite, wlanKeys });
  if (!opened.ok) throw new Error(opened.error.message);
  while (opened.value.ingest(() => false));
  opened.value.finish();
  return opened.value;
}

const truthOf = (name: string) =>
  JSON.parse(readFileSync(capturePath(name.replace(/\.pcapng$/, '.truth.json')), 'utf8'));
const complete = 'live/drive/drive_wpa2.pcapng';
const withoutHandshake = 'live/drive/drive_wpa2_nohandshake.pcapng';
const { wpa, ...expected } = hasCaptures ? truthOf(complete).expected : { wpa: {} };
const passphrase = `${wpa.ssid}:${wpa.passphrase}`;

describe.skipIf(!hasCaptures)('encrypted networks in real captures (needs captures)', () => {
  it.each([
    ['passphrase', passphrase],
    ['passphrase for any network', `:${wpa.passphrase}`],
    ['pre-shared key', `${wpa.ssid}:${wpa.pmk_hex}`],
    ['master key', wpa.pmk_hex],
    ['temporal key', wpa.tk_hex],
  ])('decrypts by %s', (_, key) => {
    const analysis = analyse(complete, key);
    const streams = analysis.streams();
    expect(streams).toHaveLength(2);
    for (const kind of ['video', 'audio'] as const) {
      const stream = streams.find(({ ssrc }) => ssrc === expected[kind].ssrc);
      expect(stream).toMatchObject({
        packets: expected[kind].packets,
        lost: 0,
        encryption: 'wpa2',
        decrypted: true,
      });
      const index = analysis.media.indexes(stream?.id ?? '')?.streams[0];
      expect(index?.frame).toHaveLength(expected[kind].packets);
      const payloads = createHash('sha256');
      index?.payloadOffset.forEach((offset, i) => {
        payloads.update(index.side.subarray(-1 - offset, -1 - offset + index.payloadLength[i]));
      });
      expect(payloads.digest('hex')).toBe(expected[kind].payload_sha256);
    }
    expect(analysis.wlanNetworks()).toMatchObject([
      { bssid: wpa.bssid, ssid: wpa.ssid, security: 'WPA2-PSK (CCMP)', state: 'decrypted', protectedFrames: 2512 },
    ]);
  });

  it('says that the key is wrong, and which station shows it', () => {
    const analysis = analyse(complete, `${wpa.ssid}:not the passphrase`);
    expect(analysis.streams()).toEqual([]);
    const [network] = analysis.wlanNetworks();
    expect(network).toMatchObject({ state: 'wrong-key', decryptedFrames: 0 });
    expect(network.stations[0]).toMatchObject({
      address: wpa.sta,
      handshakeMessages: [1, 1, 1, 1],
      state: 'wrong-key',
    });
    expect(analysis.document().diagnostics.map(({ code }) => code)).toContain('wlan-wrong-key');
  });

  it('says that no key was given, or none for this network', () => {
    for (const analysis of [analyse(complete), analyse(complete, 'another:passphrase')]) {
      expect(analysis.wlanNetworks()[0]).toMatchObject({ state: 'no-key' });
      expect(analysis.document().diagnostics.map(({ code }) => code)).toContain('wlan-encrypted');
    }
  });

  it('says that the handshake is missing', () => {
    const analysis = analyse(withoutHandshake, passphrase);
    const [network] = analysis.wlanNetworks();
    expect(network).toMatchObject({ state: 'no-handshake' });
    expect(network.stations[0]).toMatchObject({ handshakeMessages: [0, 0, 0, 0] });
    expect(network.explanation).toContain('No message of the four-way handshake was captured');
    const known = analyse(withoutHandshake, wpa.tk_hex);
    expect(known.streams().map(({ packets }) => packets)).toHaveLength(2);
  });

  it('tells right from wrong by a handshake alone', () => {
    const name = 'public/wlan/aircrack-wpa2.eapol.cap';
    expect(analyse(name, ':12345678').wlanNetworks()).toMatchObject([{ stations: [{ keys: 1 }] }]);
    expect(analyse(name, ':87654321').wlanNetworks()).toMatchObject([{ state: 'wrong-key' }]);
  });

  it('decrypts TKIP of WPA', () => {
    const analysis = analyse('public/wlan/aircrack-wpa.cap', 'test:biscotte');
    const [network] = analysis.wlanNetworks();
    expect(network).toMatchObject({ security: 'WPA-PSK (TKIP)', decryptedFrames: 2 });
  });

  it.skipIf(!hasTshark)('decrypts the same packets as tshark', () => {
    const options = ['wlan.enable_decryption:TRUE', `uat:80211_keys:"wpa-pwd","${wpa.passphrase}:${wpa.ssid}"`];
    const fields = ['frame.number', 'ip.src', 'ip.dst', 'udp.srcport', 'udp.dstport', 'udp.length'];
    const theirs = tsharkFields(capturePath(complete), fields, ...options.flatMap((option) => ['-o', option]))
      .filter((row) => row[1] !== '')
      .map((row) => row.join(' '));
    const analysis = analyse(complete, passphrase);
    const ours: string[] = [];
    for (let frame = 1; frame <= analysis.packets; frame += 1) {
      const row = analysis.frameTable.list.row(frame);
      const detail = analysis.frameTable.detail(frame);
      const plain = detail?.buffers[1];
      if (row.source === null || row.sourcePort === null || !plain) continue;
      const length = (plain.bytes[32] << 8) | plain.bytes[33];
      ours.push([frame, row.source, row.destination, row.sourcePort, row.destinationPort, length].join(' '));
    }
    expect(ours).toEqual(theirs);
    expect(theirs).toHaveLength(2512);
  });
});
