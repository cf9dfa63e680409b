import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse, capturePath, capturesIn, hasCaptures } from '../../../testing/oracles';
import type { RtpStream } from '../rtp/rtp-stream';
import { collectSamples } from './collect';
import { inferFormat } from './infer-format';

interface Outcome {
  readonly capture: string;
  readonly said: string;
  readonly found: string | null;
  readonly confidence: number;
  readonly packets: number;
  readonly detail: string;
}

/** What a description beside the capture calls a payload type. */
function describedCodec(capture: string, payloadType: number): string | null {
  const file = capturePath(capture.replace(/\.pcap(ng)?$/, '.sdp'));
  if (!existsSync(file)) return null;
  return new RegExp(`^a=rtpmap:${payloadType} ([^/\\s]+)`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? null;
}

function saidCodec(capture: string, stream: RtpStream): string | null {
  const use = stream.mainUse;
  if (!use || stream.announcement?.isSecure) return null;
  const isSaid = use.binding && use.binding.basis !== 'inferred';
  return describedCodec(capture, use.payloadType) ?? (isSaid ? (use.binding?.encodingName ?? null) : null);
}

const folders = ['live/codecs', 'live/voip', 'live/drive', 'live/rtsp', 'public/sip-rtp', 'public/rtp-only'];
const more = ['public/video-rtp', 'public/other-voip', 'public/rtsp'];
const minPackets = 20;
/** Captures whose packets are not what they are said to be: A-law (D4 D4 ...) as payload type 0. */
const mislabelled = new Set(['public/sip-rtp/codec-negotiation.pcap']);

describe.skipIf(!hasCaptures)('payload formats of captures whose formats are known', () => {
  it('are right or unknown, and never wrong with much confidence', { timeout: 600_000 }, () => {
    const outcomes: Outcome[] = [];
    for (const capture of [...folders, ...more].flatMap((folder) => capturesIn(folder, /\.pcap(ng)?$/))) {
      let analysis: ReturnType<typeof analyse>;
      try {
        analysis = analyse(capturePath(capture));
      } catch {
        continue;
      }
      const { rtp, replay } = { rtp: analysis['rtp'], replay: analysis['replay'] };
      for (const stream of rtp.streams()) {
        const said = saidCodec(capture, stream);
        const use = stream.mainUse;
        if (said === null || !use || use.packets < minPackets || mislabelled.has(capture)) continue;
        const wanted = [{ stream, payloadType: use.payloadType }];
        const [sample] = collectSamples(stream.context.flow, wanted, 256, replay);
        const { best, candidates, reasons } = inferFormat(sample);
        outcomes.push({
          capture: `${capture} ${stream.id}`,
          said,
          found: best?.encodingName ?? null,
          confidence: best?.confidence ?? 0,
          packets: use.packets,
          detail: `${candidates.map((c) => `${c.encodingName}:${c.confidence}`).join(' ')} ${reasons.join('; ')}`,
        });
      }
    }
    // The same payload format (RFC 4629) by two names.
    const name = (codec: string): string => codec.toUpperCase().replace('H263-2000', 'H263-1998');
    const same = (o: Outcome): boolean => o.found !== null && name(o.found) === name(o.said);
    const wrong = outcomes.filter((o) => o.found !== null && !same(o));
    if (process.env.TAPDECK_SHOW_INFERENCE) {
      const rows = new Map<string, number>();
      for (const o of outcomes) rows.set(`${o.said} -> ${o.found}`, (rows.get(`${o.said} -> ${o.found}`) ?? 0) + 1);
      for (const [name, count] of [...rows].sort()) process.stdout.write(`${count} ${name}\n`);
      for (const o of outcomes.filter((o) => !same(o))) process.stdout.write(`${JSON.stringify(o)}\n`);
    }
    expect(outcomes.length).toBeGreaterThan(100);
    expect(wrong.filter(({ confidence }) => confidence > 0.9)).toEqual([]);
    expect(outcomes.filter(same).length / outcomes.length).toBeGreaterThan(0.9);
  });

  it('names both streams of a recorder in wireless frames, without any description', () => {
    for (const name of ['drive_complete', 'drive_loss30']) {
      const streams = analyse(capturePath(`live/drive/${name}.pcap`)).streams();
      expect(streams).toMatchObject([
        { codec: 'H264', basis: 'inferred', kind: 'video', clockRateHz: 90_000 },
        { codec: 'MPEG4-GENERIC', basis: 'inferred', kind: 'audio', clockRateHz: 48_000, audio: { channels: 1 } },
      ]);
      for (const { confidence, reasons } of streams) {
        expect(confidence).toBeGreaterThan(0.9);
        expect(reasons.length).toBeGreaterThan(1);
      }
    }
  });

  it('names streams of which little more than the first bytes is there', () => {
    expect(analyse(capturePath('edge/seed5.pcap')).streams()).toMatchObject([
      { codec: 'H264', kind: 'video' },
      { codec: 'MPEG4-GENERIC', kind: 'audio', clockRateHz: 32_000, audio: { channels: 2 } },
    ]);
  });

  it('finds a payload type that carries something else than it means', () => {
    const analysis = analyse(capturePath('public/sip-rtp/codec-negotiation.pcap'));
    expect(analysis.streams()[0]).toMatchObject({
      payloadTypes: [0],
      codec: 'PCMU',
      basis: 'sdp',
      alternatives: [{ codec: 'PCMA' }],
    });
    expect(analysis.document().diagnostics).toContainEqual(
      expect.objectContaining({ code: 'rtp-codec-contradiction', severity: 'warning' }),
    );
  });
});
