/** Checks of ETSI TR 101 290 v1.3.1, 5.2.1 (first priority) and 5.2.2 (second priority). */
export interface TsCheckDefinition {
  readonly number: string;
  readonly name: string;
  readonly priority: 1 | 2;
  readonly definition: string;
}

const checkTable = {
  syncLoss: ['1.1', 'TS_sync_loss', 1, 'Two or more sync bytes in a row are wrong; five right ones end it.'],
  syncByte: ['1.2', 'Sync_byte_error', 1, 'The first byte of a packet is not 0x47.'],
  pat: [
    '1.3',
    'PAT_error',
    1,
    'Sections with table_id 0x00 do not come at least every 0.5 s on PID 0; other sections are there; it is scrambled.',
  ],
  continuity: [
    '1.4',
    'Continuity_count_error',
    1,
    'Wrong order of packets, a packet more than twice, or a packet lost: per PID, announced discontinuities left out.',
  ],
  pmt: [
    '1.5',
    'PMT_error',
    1,
    'Sections with table_id 0x02 do not come at least every 0.5 s on each PID that the PAT names; it is scrambled.',
  ],
  pid: ['1.6', 'PID_error', 1, 'A PID that a program map refers to does not come for 5 s.'],
  transport: ['2.1', 'Transport_error', 2, 'The transport_error_indicator of a packet is set.'],
  crc: ['2.2', 'CRC_error', 2, 'The CRC of a CAT, PAT, PMT, NIT or SDT section is wrong.'],
  pcrRepetition: ['2.3a', 'PCR_repetition_error', 2, 'Two consecutive PCR values are more than 100 ms apart.'],
  pcrDiscontinuity: [
    '2.3b',
    'PCR_discontinuity_indicator_error',
    2,
    'The step between two PCR values is outside 0 to 100 ms, and no discontinuity is indicated.',
  ],
  pcrAccuracy: [
    '2.4',
    'PCR_accuracy_error',
    2,
    'A PCR value is more than 500 ns off what the bytes since the last one make; for streams of constant rate.',
  ],
  pts: ['2.5', 'PTS_error', 2, 'The presentation times of a stream are more than 700 ms apart.'],
  cat: ['2.6', 'CAT_error', 2, 'Packets are scrambled but no CAT comes; or PID 1 carries other sections.'],
} as const satisfies Readonly<Record<string, readonly [string, string, 1 | 2, string]>>;

export type TsCheck = keyof typeof checkTable;
export const tsChecks = Object.keys(checkTable) as TsCheck[];

export function checkDefinition(check: TsCheck): TsCheckDefinition {
  const [number, name, priority, definition] = checkTable[check];
  return { number, name, priority, definition };
}

/** How often a check failed, and in which frames first and last; 0 when it never did. */
export interface TsCheckResult {
  count: number;
  firstFrame: number;
  lastFrame: number;
}

/** What failed, per check. */
export class TsCheckLog {
  private readonly results = new Map<TsCheck, TsCheckResult>(
    tsChecks.map((check) => [check, { count: 0, firstFrame: 0, lastFrame: 0 }]),
  );

  fail(check: TsCheck, frame: number, times = 1): void {
    const result = this.get(check) as TsCheckResult;
    if (result.count === 0) result.firstFrame = frame;
    result.count += times;
    result.lastFrame = frame;
  }

  get(check: TsCheck): Readonly<TsCheckResult> {
    const result = this.results.get(check);
    if (!result) throw new Error(`no check ${check}`);
    return result;
  }

  /** Failures of a priority together. */
  total(priority: 1 | 2): number {
    let total = 0;
    for (const [check, { count }] of this.results) if (checkTable[check][2] === priority) total += count;
    return total;
  }
}
