import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCipherSuite } from '../../../workers/node-cipher-suite';
import { Extents, readExtents } from '../../bytes/extents';
import { MemorySource } from '../../capture/byte-source';
import { CaptureBytes, MemorySpill } from '../../store/capture-bytes';
import { openAes128 } from './aes-128';

const key = Uint8Array.from({ length: 16 }, (_, i) => i + 1);

function sealed(plain: Uint8Array, iv: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-cbc', key, iv);
  return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final()]));
}

describe('openAes128', () => {
  it('gives back what was encrypted, whatever its length, with the IV or the sequence number', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), fc.nat(2 ** 31), (plain, hasIv, sequence) => {
        const iv = new Uint8Array(16).fill(hasIv ? 9 : 0);
        if (!hasIv) new DataView(iv.buffer).setUint32(12, sequence);
        const cipher = sealed(plain, iv);
        const bytes = new CaptureBytes(new MemorySource(cipher), new MemorySpill());
        const sent = new Extents();
        sent.push(0, cipher.length);
        const opened = openAes128(sent, key, hasIv ? iv : null, sequence, bytes, nodeCipherSuite);
        expect(readExtents(bytes, opened, 0, 1000)).toEqual(plain);
      }),
    );
  });

  it('loses the blocks of a hole and the one behind it, no more', () => {
    const plain = Uint8Array.from({ length: 160 }, (_, i) => i);
    const cipher = sealed(plain, new Uint8Array(16));
    const bytes = new CaptureBytes(new MemorySource(cipher), new MemorySpill());
    const sent = new Extents();
    sent.push(0, 50);
    sent.pushGap(10);
    sent.push(60, cipher.length - 60);
    const opened = openAes128(sent, key, null, 0, bytes, nodeCipherSuite);
    expect(opened.total).toBe(160);
    expect(opened.missing).toBe(32);
    const read = readExtents(bytes, opened, 0, 160);
    expect(read.subarray(0, 48)).toEqual(plain.subarray(0, 48));
    expect(read.subarray(80)).toEqual(plain.subarray(80));
  });
});
