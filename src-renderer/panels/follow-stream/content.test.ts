import { describe, expect, it } from 'vitest';
import type { FollowItem } from '#shared/model/packet';
import { hexLines, textOf, turnsOf } from './content';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('followed content', () => {
  it('is text with dots for what cannot be seen', () => {
    expect(textOf(bytes('GET / é\r\nA: b\r\n'))).toBe('GET / é\nA: b');
    expect(textOf(Uint8Array.of(0x41, 0, 0x1b, 0xff, 9, 0x42))).toBe('A···\tB');
  });

  it('is put together turn by turn, with gaps between', () => {
    const data = (direction: 0 | 1, frame: number, text: string): FollowItem => ({
      kind: 'data',
      direction,
      frame,
      timeSeconds: frame,
      bytes: bytes(text),
    });
    const gap: FollowItem = { kind: 'gap', direction: 1, frame: 5, timeSeconds: 5, length: 70 };
    const turns = turnsOf([
      data(0, 1, 'GET '),
      data(0, 2, '/'),
      data(1, 3, '200'),
      data(1, 4, ' OK'),
      gap,
      data(1, 6, 'x'),
    ]);
    expect(
      turns.map(({ direction, frame, packets, length, bytes: own }) => [
        direction,
        frame,
        packets,
        length,
        textOf(own),
      ]),
    ).toEqual([
      [0, 1, 2, 5, 'GET /'],
      [1, 3, 2, 6, '200 OK'],
      [1, 5, 0, 70, ''],
      [1, 6, 1, 1, 'x'],
    ]);
  });

  it('is lines of sixteen bytes', () => {
    const lines = hexLines(Uint8Array.from({ length: 18 }, (_, i) => 0x41 + i)).split('\n');
    expect(lines[0]).toBe('0000  41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP');
    expect(lines[1]).toMatch(/^0010 {2}51 52 +QR$/);
  });
});
