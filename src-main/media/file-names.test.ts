import { basename, join, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alternativeName, exportName, sanitizeName } from './file-names';

describe('exportName', () => {
  it.each([
    ['0906508 → 0000002115', 'call-1-0906508-to-0000002115.wav'],
    ['Ren\u00e9 "x" <sip:rene@example.org>', 'call-1-Ren\u00e9-x-sip-rene@example.org.wav'],
    ['Rene\u0301', 'call-1-Ren\u00e9.wav'],
    ['../../etc/passwd', 'call-1-etc-passwd.wav'],
    ['C:\\Windows\\nul', 'call-1-C-Windows-nul.wav'],
    ['nul.txt', 'call-1-_nul.txt.wav'],
    ['a\u0000b\r\nc\u202ed', 'call-1-a-b-c-d.wav'],
    ['...', 'call-1-unnamed.wav'],
    ['', 'call-1-unnamed.wav'],
    ['PCMU [2001:db8::1]:20000', 'call-1-PCMU-2001-db8-1-20000.wav'],
  ])('of %j', (description, expected) => {
    expect(exportName('call', 1, description, 'wav')).toBe(expected);
  });

  it('is never a path, never long, never special', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('CON', 'lpt1.', '~', '-rf', '.x'),
    );
    fc.assert(
      fc.property(text, (description) => {
        const piece = sanitizeName(description);
        expect(piece.length).toBeGreaterThan(0);
        expect(piece.length).toBeLessThanOrEqual(61);
        expect(piece).toMatch(/^[\p{L}\p{N}_@+][\p{L}\p{N}._@+-]*$/u);
        expect(() => encodeURIComponent(piece)).not.toThrow();
        expect(piece).not.toMatch(/[.-]$/);
        const name = exportName('stream', 12, description, 'au');
        expect(basename(join('/out', name))).toBe(name);
        expect(win32.basename(win32.join('C:\\out', name))).toBe(name);
      }),
    );
  });
});

describe('alternativeName', () => {
  it('numbers before the extension', () => {
    expect(alternativeName('call-1-a.b.wav', 1)).toBe('call-1-a.b.wav');
    expect(alternativeName('call-1-a.b.wav', 2)).toBe('call-1-a.b-2.wav');
  });
});
