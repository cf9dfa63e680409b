import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Extents, readExtents } from '../../bytes/extents';
import { readIcy } from './icy';

function source(bytes: Uint8Array) {
  return {
    read: (address: number, target: Uint8Array) => {
      const part = bytes.subarray(address, address + target.length);
      target.set(part);
      return part.length;
    },
  };
}

function whole(length: number): Extents {
  const extents = new Extents();
  extents.push(0, length);
  return extents;
}

function interleaved(sound: Uint8Array, interval: number, titles: readonly string[]): Uint8Array {
  const out: number[] = [];
  for (let at = 0, i = 0; at < sound.length; at += interval, i += 1) {
    const piece = sound.subarray(at, at + interval);
    out.push(...piece);
    if (piece.length < interval) break;
    const text = titles[i] ? `StreamTitle='${titles[i]}';` : '';
    const units = Math.ceil(text.length / 16);
    const padded = text.padEnd(16 * units, '\0');
    out.push(units, ...[...padded].map((letter) => letter.charCodeAt(0)));
  }
  return Uint8Array.from(out);
}

describe('readIcy', () => {
  it('parts sound and titles', () => {
    const word = fc.stringMatching(/^[a-z ]{1,20}$/);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(word),
        (sound, interval, titles) => {
          const sent = interleaved(sound, interval, titles);
          const content = readIcy(source(sent), whole(sent.length), interval);
          expect(readExtents(source(sent), content.sound, 0, 1000)).toEqual(sound);
          const shown = titles.slice(0, Math.floor(sound.length / interval));
          expect(content.titles.map(({ title }) => title)).toEqual(shown);
        },
      ),
    );
  });

  it('goes on counting behind a hole', () => {
    const sound = Uint8Array.from({ length: 100 }, (_, i) => i);
    const sent = interleaved(sound, 20, ['one', 'two', 'three']);
    const extents = new Extents();
    extents.push(0, 5);
    extents.pushGap(10);
    extents.push(15, sent.length - 15);
    const content = readIcy(source(sent), extents, 20);
    expect(content.sound.missing).toBe(10);
    expect(readExtents(source(sent), content.sound, 20, 80)).toEqual(sound.subarray(20));
    expect(content.titles).toEqual([
      { position: 20, title: 'one' },
      { position: 40, title: 'two' },
      { position: 60, title: 'three' },
    ]);
  });

  it('always ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 30 }), (bytes, interval) => {
        readIcy(source(bytes), whole(bytes.length), interval);
      }),
    );
  });
});
