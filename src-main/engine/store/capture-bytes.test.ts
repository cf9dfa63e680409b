import { describe, expect, it } from 'vitest';
import { missingBytes } from '../bytes/extents';
import { MemorySource } from '../capture/byte-source';
import { CaptureBytes, MemorySpill, spillBase } from './capture-bytes';

describe('CaptureBytes', () => {
  it('reads the capture and what is kept beside it under one range of addresses', () => {
    const bytes = new CaptureBytes(new MemorySource(Uint8Array.of(1, 2, 3, 4)), new MemorySpill());
    const first = bytes.keep(Uint8Array.of(9, 10, 11), 1, 3);
    const second = bytes.keep(Uint8Array.of(12, 13), 0, 2);
    expect(first).toBe(spillBase);
    expect([...bytes.slice(1, 2)]).toEqual([2, 3]);
    expect([...bytes.slice(first, 2)]).toEqual([10, 11]);
    expect([...bytes.slice(first + 1, 3)]).toEqual([11, 12, 13]);
    expect([...bytes.slice(second, 5)]).toEqual([12, 13]);
    expect([...bytes.slice(3, 5)]).toEqual([4]);
  });

  it('says when there is no room left, and is no worse for it', () => {
    const bytes = new CaptureBytes(new MemorySource(new Uint8Array(1)), new MemorySpill(4));
    expect(bytes.keep(new Uint8Array(5), 0, 5)).toBe(missingBytes);
    expect(bytes.keep(Uint8Array.of(7), 0, 1)).toBe(spillBase);
  });

  it('gives nothing where the source cannot be read', () => {
    const broken = {
      size: 10,
      read: () => {
        throw new Error('gone');
      },
    };
    expect(new CaptureBytes(broken, new MemorySpill()).slice(0, 4)).toHaveLength(0);
  });
});
