import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CaptureAnalysis } from '../pipeline/capture-analysis';
import { nodeContentDecoder } from '../../../workers/node-content-decoder';
import { FileSource } from '../../../workers/file-source';
import { capturePath, hasCaptures } from '../../../testing/oracles';

interface ExpectedObject {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

const truth = (name: string) => JSON.parse(readFileSync(capturePath(`live/${name}.truth.json`), 'utf8')).expected;

function analyse(name: string) {
  const opened = CaptureAnalysis.open(new FileSource(capturePath(name)), { contentDecoder: nodeContentDecoder });
  if (!opened.ok) throw new Error(opened.error.message);
  while (opened.value.ingest(() => false));
  opened.value.finish();
  return opened.value;
}

/** Objects of a capture by their address, with the hash of their bytes. */
function objectsOf(name: string) {
  const analysis = analyse(name);
  return analysis.objects().map((row) => {
    const file = analysis.mediaFile(row.id);
    if (!file) throw new Error(`${row.id} has no bytes`);
    const bytes = analysis.readFile(file);
    return { ...row, sha256: createHash('sha256').update(bytes).digest('hex') };
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
