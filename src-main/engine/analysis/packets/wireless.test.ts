import { describe, expect, it } from 'vitest';
import { aMsdu, snap, wlan } from '../../link/testing/encapsulations';
import { ipv4, udp } from '../../net/testing/packet-builder';
import { analysed } from './testing/analysed';

const linkType80211 = 105;
const payload = (byte: number): Uint8Array => new Uint8Array(40).fill(byte);

function layersOf(frames: readonly Uint8Array[], frame: number) {
  const detail = analysed(frames, { linkType: linkType80211 }).frameTable.detail(frame);
  if (!detail) throw new Error(`no frame ${frame}`);
  const titled = detail.layers.map(({ id, summary }) => (id === 'udp' ? `udp ${summary}` : id));
  return { titled, buffers: detail.buffers.map(({ title }) => title) };
}

describe('packets of wireless frames', () => {
  it('are all shown where a frame has several', () => {
    const packets = [1, 2, 3].map((n) => ipv4(17, udp(5000 + n, 6000, payload(n))));
    const { titled } = layersOf([wlan(aMsdu(...packets), { qos: 0x80 })], 1);
    const msdus = titled.filter((title) => title === 'msdu');
    expect(msdus).toHaveLength(2);
    expect(titled.filter((title) => title.startsWith('udp')).map((title) => title.includes('5002'))).toContain(true);
    expect(titled.filter((title) => title.startsWith('udp')).map((title) => title.includes('5003'))).toContain(true);
  });

  it('are shown whole where they came in fragments', () => {
    const whole = snap(ipv4(17, udp(5001, 6000, payload(7))));
    const frames = [
      wlan(whole.subarray(0, 30), { flags: 0x06, sequenceControl: 0x50 }),
      wlan(whole.subarray(30), { flags: 0x02, sequenceControl: 0x51 }),
    ];
    const { buffers, titled } = layersOf(frames, 2);
    expect(buffers).toEqual(['Frame', 'Reassembled 802.11 Data']);
    expect(titled.slice(-4)[0]).toBe('llc');
    expect(titled.some((title) => title.startsWith('udp') && title.includes('5001'))).toBe(true);
  });
});
