import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const repoRoot = join(import.meta.dirname, '../..');
export const samplePath = join(repoRoot, 'assets/samples/call.pcapng');

export interface CallTruth {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly state: string;
  readonly finalStatus: number;
  readonly setupSeconds: number | null;
  readonly durationSeconds: number | null;
  readonly messages: number;
  readonly dtmf: { readonly 'a-to-b': string; readonly 'b-to-a': string };
}

export interface StreamTruth {
  readonly src: string;
  readonly dst: string;
  readonly ssrc: string;
  readonly codec: string;
  readonly packets: number;
  readonly expected: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly reordered: number;
  readonly toneHz: number;
  readonly dtmf: string;
}

export interface CaptureTruth {
  readonly format: string;
  readonly complete: boolean;
  readonly packets: number;
  readonly conversations?: Readonly<Record<string, number>>;
  /** Only how many, for captures that break off. */
  readonly callsFound?: number;
  readonly streamsFound?: number;
  readonly calls?: readonly CallTruth[];
  readonly streams?: readonly StreamTruth[];
}

interface SampleTruth extends CaptureTruth {
  readonly calls: readonly CallTruth[];
  readonly streams: readonly StreamTruth[];
  readonly conversations: Readonly<Record<string, number>>;
  /** Seconds of speech from the first to the last packet of either side. */
  readonly talkSeconds: number;
}

/** Path of a file made by `npm run samples` for the tests. */
export function fixture(name: string): string {
  return join(repoRoot, 'e2e/fixtures/captures', name);
}

/** What the sample holds: written by the script that makes it. */
export const sampleTruth = JSON.parse(
  readFileSync(join(repoRoot, 'assets/samples/call.truth.json'), 'utf8'),
) as SampleTruth;

export const fixtureTruths = JSON.parse(readFileSync(fixture('truths.json'), 'utf8')) as Readonly<
  Record<string, CaptureTruth>
>;
