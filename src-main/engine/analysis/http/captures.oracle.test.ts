import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capturePath, hasCaptures } from '../../../testing/oracles';
import { readExtents } from '../../bytes/extents';
import { analyseHttp } from './testing/analyse-http';

interface ExpectedObject {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

const truth = (name: string) => JSON.parse(readFileSync(capturePath(`live/${name}.truth.json`), 'utf8')).expected;

/** Objects of a capture by their address, with the hash of their bytes. */
function objectsOf(name: string) {
  const { analysis, bytes } = analyseHttp(capturePath(name));
  return analysis.document().objects.map((row) => {
    const file = analysis.file(row.id);
    if (!file) throw new Error(`${row.id} has no bytes`);
    const content = readExtents(bytes, file.extents, 0, Number.POSITIVE_INFINITY);
    return { ...row, sha256: createHash('sha256').update(content).digest('hex') };
  });
}

describe.skipIf(!hasCaptures)('objects of real captures', () => {
  it.each([
    ['hls/plain_keepalive_8088', 'objects'],
    ['hls/fmp4_cmaf', 'objects'],
    ['hls/gzip_chunked', 'objects_decoded'],
  ])('%s: every object, byte for byte', (name, list) => {
    const objects = objectsOf(`live/${name}.pcapng`);
    const expected: ExpectedObject[] = truth(name)[list];
    for (const { url, bytes, sha256 } of expected) {
      const found = objects.find((row) => row.url.endsWith(`/${url}`));
      expect(found, url).toMatchObject({ bytes, sha256, complete: true, missingBytes: 0 });
    }
    expect(objects.length).toBe(expected.length);
  });
});
