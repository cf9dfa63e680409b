import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Extents } from '../../bytes/extents';
import { MemorySource } from '../../capture/byte-source';
import { CaptureBytes, MemorySpill } from '../../store/capture-bytes';
import { previewOf } from './object-preview';

function preview(content: Uint8Array) {
  const extents = new Extents();
  extents.push(0, content.length);
  const file = { sourceId: 'object-1', extension: 'bin', mime: 'image/jpeg', extents };
  return previewOf(file, new CaptureBytes(new MemorySource(content), new MemorySpill()));
}

const jpeg = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    ...[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2],
    ...[0xff, 0xc0, 0, 17, 8, height >> 8, height & 0xff, width >> 8, width & 0xff],
    ...new Array<number>(20).fill(0),
  ]);

describe('previewOf', () => {
  it('gives the beginning of an object, and says how long it is', () => {
    const content = new Uint8Array((4 << 20) + 10).fill(7);
    const { bytes, totalBytes, note } = preview(content);
    expect(bytes.length).toBe(4 << 20);
    expect(totalBytes).toBe(content.length);
    expect(note).toBeNull();
  });

  it('does not let a picture be decoded that claims too many pixels', () => {
    expect(preview(jpeg(640, 480)).note).toBeNull();
    expect(preview(jpeg(65_000, 65_000)).note).toContain('65000 × 65000');
    const png = new Uint8Array(40);
    png.set([0x89, 0x50, 0x4e, 0x47]);
    new DataView(png.buffer).setUint32(16, 100_000);
    new DataView(png.buffer).setUint32(20, 100_000);
    expect(preview(png).note).toContain('100000 × 100000');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => preview(content).totalBytes === content.length),
    );
  });
});
