import { describe, expect, it } from 'vitest';
import { hexLines, textOf } from './content';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('followed content', () => {
  it('is text with dots for what cannot be seen', () => {
    expect(textOf(bytes('GET / é\r\nA: b\r\n'))).toBe('GET / é\nA: b');
    expect(textOf(Uint8Array.of(0x41, 0, 0x1b, 0xff, 9, 0x42))).toBe('A···\tB');
  });

  it('is lines of sixteen bytes', () => {
    const lines = hexLines(Uint8Array.from({ length: 18 }, (_, i) => 0x41 + i)).split('\n');
    expect(lines[0]).toBe('0000  41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP');
    expect(lines[1]).toMatch(/^0010 {2}51 52 +QR$/);
  });
});
