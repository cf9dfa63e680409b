import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CaptureAnalysis } from '#engine/analysis/pipeline/capture-analysis';
import { analyse, capturePath, hasCaptures, hasTshark, tsharkFields } from '../testing/oracles';
import { writePackets } from './packet-file';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-packets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sample = 'assets/samples/call.pcapng';
let files = 0;

async function written(analysis: CaptureAnalysis, id: string, from: string) {
  const records = analysis.frameRecords(id);
  if (!records) throw new Error(`no frames of ${id}`);
  const path = join(folder, `${++files}.pcapng`);
  const file = await writePackets({ records, capturePath: from, captureBytes: statSync(from).size }, path, {});
  return { path, file, records };
}

describe('packets as a capture file', () => {
  it('are those of a call: signalling and media, to be opened again', async () => {
    const analysis = analyse(sample);
    const [call] = analysis.callRows();
    const { path, file, records } = await written(analysis, call.id, sample);
    const again = analyse(path);
    expect(again.facts()).toMatchObject({ format: 'pcapng', packets: records.count, counts: { calls: 1 } });
    expect(again.callRows()[0]).toMatchObject({ from: call.from, to: call.to, messages: call.messages });
    const figures = (a: CaptureAnalysis) =>
      a.streams().map(({ packets, lost, maxDeltaMs, meanJitterMs }) => [packets, lost, maxDeltaMs, meanJitterMs]);
    expect(figures(again)).toEqual(figures(analysis));
    expect(file.packets).toEqual({
      first: records.frame[0],
      last: records.frame[records.count - 1],
      count: records.count,
    });
    const [stream] = analysis.streams();
    const alone = await written(analysis, stream.id, sample);
    expect(alone.records.count).toBe(stream.packets);
  });

  it('are refused when the capture has become shorter', async () => {
    const path = join(folder, 'short.pcapng');
    writeFileSync(path, readFileSync(sample));
    const analysis = analyse(path);
    const [{ id }] = analysis.callRows();
    const bytes = statSync(path).size;
    writeFileSync(path, readFileSync(path).subarray(0, bytes / 2));
    const records = analysis.frameRecords(id);
    if (!records) throw new Error('no frames');
    const target = join(folder, 'short-out.pcapng');
    const writing = writePackets({ records, capturePath: path, captureBytes: bytes }, target, {});
    await expect(writing).rejects.toMatchObject({ failure: { code: 'capture-changed' } });
    expect(statSync(target, { throwIfNoEntry: false })).toBeUndefined();
  });

  it
    .skipIf(!hasCaptures || !hasTshark)
    .each(['live/voip/sip_encap_sll2.pcapng', 'live/voip/sip_snaplen96.pcapng', 'live/codecs/vp8.pcapng'])(
    '%s: tshark sees the same frames',
    { timeout: 30_000 },
    async (name) => {
      const from = capturePath(name);
      const analysis = analyse(from);
      const [stream] = analysis.streams();
      const { path, records } = await written(analysis, stream.id, from);
      const fields = ['frame.time_epoch', 'frame.len', 'frame.cap_len', 'ip.src', 'udp.checksum', 'ip.id'];
      const all = tsharkFields(from, fields);
      const own = tsharkFields(path, fields);
      expect(own).toEqual([...records.frame].map((frame) => all[frame - 1]));
    },
  );
});
