import { describe, expect, it } from 'vitest';
import type { StreamRow } from '#shared/model/stream';
import { definitions } from './definitions';
import { type SummaryRow, summarise } from './summary';

const clean: StreamRow = {
  id: 's1',
  kind: 'audio',
  transport: 'rtp',
  src: '192.0.2.1:20000',
  dst: '192.0.2.2:30000',
  ssrc: '0x00000001',
  payloadTypes: [0],
  codec: 'PCMU',
  clockRateHz: 8000,
  basis: 'sdp',
  confidence: 1,
  alternatives: [],
  reasons: [],
  packets: 500,
  expected: 500,
  lost: 0,
  lostPercent: 0,
  duplicates: 0,
  reordered: 0,
  sequenceErrors: 0,
  maxDeltaMs: 20.12,
  meanJitterMs: 0.0312,
  maxJitterMs: 0.12,
  maxSkewMs: -0.4,
  clockDriftPpm: 1.24,
  restarts: 0,
  wireshark: {
    expected: 500,
    lost: 0,
    lostPercent: 0,
    minDeltaMs: 19.9,
    meanDeltaMs: 19.96,
    maxDeltaMs: 20.12,
    minJitterMs: 0.01,
    meanJitterMs: 0.03124,
    maxJitterMs: 0.12,
    maxSkewMs: -0.4,
  },
  mos: { value: 4.41, r: 93.2, ie: 0, bpl: 4.3, burstR: 1, delayMs: 100, profile: 'G.711 without concealment' },
  startSeconds: 1,
  firstFrame: 7,
  durationSeconds: 10,
  callId: null,
  sessionId: null,
  peerId: null,
  encryption: 'none',
  decrypted: false,
  authPassRate: null,
  video: null,
  audio: null,
  truncatedPackets: 0,
  dtmf: '',
};

function row(stream: StreamRow, group: string, term: string): SummaryRow {
  const found = summarise(stream)
    .find(({ title }) => title === group)
    ?.rows.find((candidate) => candidate.term === term);
  if (!found) throw new Error(`no ${group} / ${term}`);
  return found;
}

const withWireshark = (changes: Partial<StreamRow>, wireshark: Partial<StreamRow['wireshark']>): StreamRow => ({
  ...clean,
  ...changes,
  wireshark: { ...clean.wireshark, ...wireshark },
});

describe('summarise', () => {
  it('gives no reason where both say the same as far as it is written', () => {
    for (const group of summarise(clean)) {
      for (const { term, reason } of group.rows) expect([term, reason]).toEqual([term, null]);
    }
  });

  it('explains counts by what happened to the stream', () => {
    const duplicated = withWireshark({ duplicates: 500, packets: 1000 }, { lost: -500, lostPercent: -100 });
    expect(row(duplicated, 'Packets', 'Lost')).toMatchObject({ value: '0', wireshark: '-500' });
    expect(row(duplicated, 'Packets', 'Lost').reason).toContain('duplicates');
    expect(row(duplicated, 'Packets', 'Expected').reason).toBeNull();

    const restarted = withWireshark({ restarts: 1 }, { lost: 39650, expected: 40150 });
    expect(row(restarted, 'Packets', 'Lost').reason).toContain('restart');
    expect(row(withWireshark({ reordered: 1 }, { lost: -400 }), 'Packets', 'Lost').reason).toContain('late');
  });

  it('explains jitter by the clock that Wireshark uses', () => {
    const odd = withWireshark({ clockRateHz: 44_100, codec: 'L16' }, { maxJitterMs: 0.165 });
    expect(row(odd, 'Jitter', 'Largest').reason).toMatch(/44\u202f100 Hz as 44 kHz/);
    const unknown = withWireshark({}, { minJitterMs: -1, meanJitterMs: 0, maxJitterMs: 0 });
    expect(row(unknown, 'Jitter', 'Mean').reason).toContain('knows no clock rate');
    const events = withWireshark({ dtmf: '12' }, { maxJitterMs: 9 });
    expect(row(events, 'Jitter', 'Largest').reason).toContain('telephone events');
    expect(row(withWireshark({}, { maxJitterMs: 9 }), 'Jitter', 'Largest').reason).toContain('marker bit');
  });

  it('writes unknown as a dash and leaves out what does not apply', () => {
    const bare: StreamRow = { ...clean, maxJitterMs: null, clockRateHz: null, mos: null, codec: null };
    expect(row(bare, 'Jitter', 'Largest').value).toBe('–');
    expect(summarise(bare).map(({ title }) => title)).not.toContain('Quality');
    expect(() => row(clean, 'Payload', 'DTMF')).toThrow();
    expect(row({ ...clean, dtmf: '1#' }, 'Payload', 'DTMF').value).toBe('1#');
  });

  it('defines every figure, with a source', () => {
    for (const definition of Object.values(definitions)) {
      expect(definition.meaning.length).toBeGreaterThan(10);
      expect(definition.source.length).toBeGreaterThan(5);
    }
  });
});
