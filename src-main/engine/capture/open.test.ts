import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySource } from './byte-source';
import { linkTypeName } from './link-types';
import { openCapture } from './open';
import { readAt } from './read-at';
import { PcapngBuilder, buildPcap } from './testing/capture-builder';
import { TestSink } from './testing/collect';

function failure(bytes: Uint8Array) {
  const opened = openCapture(new MemorySource(bytes), new TestSink());
  if (opened.ok) throw new Error('opened');
  return opened.error;
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('openCapture', () => {
  it('knows captures by their first bytes', () => {
    for (const file of [
      buildPcap([]),
      buildPcap([], { isLittle: false, isNano: true }),
      new PcapngBuilder(false).section(),
    ]) {
      expect(openCapture(new MemorySource(file), new TestSink()).ok).toBe(true);
    }
  });

  it('says that a file is empty', () => {
    expect(failure(new Uint8Array(0))).toMatchObject({ code: 'empty-file', message: 'The file is empty.' });
  });

  it.each([
    ['a PNG picture', ascii('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['a JPEG picture', ascii('\xff\xd8\xff\xe0\0\x10JFIF')],
    ['a Linux program (ELF)', ascii('\x7fELF\x02\x01\x01\0\0\0\0\0')],
    ['a zip archive', ascii('PK\x03\x04\x14\0\0\0')],
    ['an xz file', ascii('\xfd7zXZ\0\0\0')],
    ['an MP4 file', ascii('\0\0\0\x18ftypisom')],
    ['a text file', ascii('INVITE sip:bob@example.com SIP/2.0\r\n')],
    ['a text file', new TextEncoder().encode('ü'.repeat(300)).subarray(0, 511)],
    ['a text file', ascii('hi')],
    ['a tar archive', Uint8Array.from([...new Uint8Array(257).fill(0x61), ...ascii('ustar\x0000')])],
  ])('says that a file looks like %s', (name, bytes) => {
    const error = failure(bytes);
    expect(error.code).toBe('not-a-capture');
    expect(error.message).toBe(`This is not a capture file: it looks like ${name}.`);
    expect(error.where).toBe('byte 0');
    expect(error.hint).toBeTruthy();
  });

  it('says which compression is not undone, and shows bytes that it does not know', () => {
    expect(failure(ascii('BZh91AY&')).hint).toContain('decompress the file first');
    expect(failure(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)).message).toContain('00 01 02 03 04 05 06 07.');
  });

  it('says that a header is cut, damaged, or too old', () => {
    const section = new PcapngBuilder(true).section();
    expect(failure(buildPcap([]).subarray(0, 23))).toMatchObject({
      code: 'pcap-header-truncated',
      where: 'byte 23 of 24',
    });
    expect(failure(section.subarray(0, 20))).toMatchObject({ code: 'pcapng-header-truncated' });
    expect(failure(section.fill(0, 8, 12))).toMatchObject({ code: 'pcapng-byte-order' });
    const old = buildPcap([]);
    old[4] = 1;
    expect(failure(old)).toMatchObject({ code: 'pcap-version-unsupported' });
  });

  it('says that a file cannot be read', () => {
    const source = {
      size: 100,
      read: () => {
        throw new Error('EISDIR');
      },
    };
    expect(openCapture(source, new TestSink())).toMatchObject({ ok: false, error: { code: 'capture-read-failed' } });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        openCapture(new MemorySource(bytes), new TestSink());
      }),
    );
  });
});

describe('readAt', () => {
  const source = new MemorySource(Uint8Array.of(1, 2, 3, 4));
  it('reads again what lies at an offset', () => {
    expect(readAt(source, 1, 2)).toEqual(Uint8Array.of(2, 3));
    expect(readAt(source, 4, 0)).toEqual(new Uint8Array(0));
  });
  it('gives null for what is not there', () => {
    expect([readAt(source, 3, 2), readAt(source, -1, 2), readAt(source, 0, -1)]).toEqual([null, null, null]);
    expect(readAt({ size: 9, read: () => 0 }, 0, 9)).toBeNull();
  });
});

describe('linkTypeName', () => {
  it('names link types as tcpdump does', () => {
    expect([1, 113, 276, 105, 101].map(linkTypeName)).toEqual([
      'EN10MB',
      'LINUX_SLL',
      'LINUX_SLL2',
      'IEEE802_11',
      'RAW',
    ]);
    expect(linkTypeName(4711)).toBe('LINKTYPE_4711');
  });
});
