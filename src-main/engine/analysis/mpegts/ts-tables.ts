import type { TableDefinition } from '#shared/model/table';
import { checkDefinition, fixedPidName, packetBytes, tsChecks } from '../../containers/mpeg-ts';
import type { TsSession } from './ts-session';

/** PIDs of a transport stream: `TableQuery.scope` is the id of its session. */
export const tsPidTable: TableDefinition = {
  id: 'ts-pids',
  title: 'PIDs',
  columns: [
    { id: 'pid', title: 'PID', kind: 'integer', width: 70 },
    { id: 'hex', title: 'Hex', kind: 'text', width: 70 },
    { id: 'type', title: 'Type', kind: 'state', width: 90 },
    { id: 'description', title: 'Description', kind: 'text', width: 240 },
    { id: 'program', title: 'Program', kind: 'text', width: 140 },
    { id: 'packets', title: 'Packets', kind: 'integer', width: 90 },
    {
      id: 'bitrate',
      title: 'Bitrate',
      kind: 'bits-per-second',
      width: 110,
      description: 'With headers, over the duration of the stream by its own clock.',
    },
    { id: 'sharePercent', title: 'Share', kind: 'percent', width: 80, aliases: ['share'] },
    {
      id: 'continuityErrors',
      title: 'Continuity errors',
      kind: 'integer',
      width: 120,
      aliases: ['errors'],
      description: 'Times that the continuity counter did not go on (ISO/IEC 13818-1, 2.4.3.3).',
    },
    {
      id: 'lostPackets',
      title: 'Lost',
      kind: 'integer',
      width: 80,
      aliases: ['lost'],
      description: 'By the continuity counter, which goes round after 16: at least so many.',
    },
    { id: 'duplicates', title: 'Duplicates', kind: 'integer', width: 90 },
    { id: 'firstErrorFrame', title: 'First error', kind: 'integer', width: 90, description: 'Frame of the capture.' },
    { id: 'scrambled', title: 'Scrambled', kind: 'text', width: 120 },
    { id: 'pcrs', title: 'PCRs', kind: 'integer', width: 80 },
    {
      id: 'pcrIntervalMs',
      title: 'Longest PCR interval',
      kind: 'milliseconds',
      width: 130,
      description: 'By the values themselves, discontinuities left out.',
    },
    {
      id: 'pcrJitterMs',
      title: 'PCR jitter',
      kind: 'milliseconds',
      width: 100,
      description: 'Arrival against the clock from earliest to latest, drift removed (PCR_OJ, ETSI TR 101 290).',
    },
    { id: 'pcrDriftPpm', title: 'PCR drift', kind: 'ppm', width: 90, description: 'Against the clock of the capture.' },
    { id: 'firstFrame', title: 'Frame', kind: 'integer', width: 80 },
    { id: 'streamId', title: 'Stream', kind: 'identifier', width: 130, isHidden: true, isOnlyNamed: true },
  ],
};

/** Checks of ETSI TR 101 290 v1.3.1, 5.2: `TableQuery.scope` is the id of a session. */
export const tsCheckTable: TableDefinition = {
  id: 'ts-checks',
  title: 'TR 101 290',
  columns: [
    { id: 'number', title: 'No.', kind: 'text', width: 60 },
    { id: 'name', title: 'Check', kind: 'text', width: 260 },
    { id: 'priority', title: 'Priority', kind: 'integer', width: 80 },
    { id: 'state', title: 'Result', kind: 'state', width: 110, values: ['ok', 'failed', 'not measured'] },
    { id: 'count', title: 'Failures', kind: 'integer', width: 90 },
    { id: 'firstFrame', title: 'First frame', kind: 'integer', width: 100, aliases: ['frame'] },
    { id: 'lastFrame', title: 'Last frame', kind: 'integer', width: 100 },
    { id: 'definition', title: 'Definition', kind: 'text', width: 560 },
  ],
};

/** In the order of their PIDs. */
export function pidRows(session: TsSession): object[] {
  const { demuxer } = session;
  const seconds = session.durationSeconds;
  return [...demuxer.pids]
    .sort((a, b) => a.pid - b.pid)
    .map((state) => {
      const { pid, stream, pcr } = state;
      const jitter = pcr?.jitter() ?? null;
      const programs = [...demuxer.programs.values()].filter(
        ({ pmtPid, pcrPid, streams }) =>
          pmtPid === pid || pcrPid === pid || streams.some(({ info }) => info.pid === pid),
      );
      return {
        id: String(pid),
        pid,
        hex: `0x${pid.toString(16).padStart(4, '0')}`,
        type: stream?.info.kind ?? (programs.some(({ pmtPid }) => pmtPid === pid) ? 'table' : fixedType(pid)),
        description: describe(session, pid),
        program: programs.map(({ number, name }) => (name ? `${number} ${name}` : String(number))).join(', '),
        packets: state.packets,
        bitrate: seconds > 0 ? (8 * packetBytes * state.packets) / seconds : null,
        sharePercent: (100 * state.packets) / Math.max(1, demuxer.packets),
        continuityErrors: state.continuityErrors,
        lostPackets: state.lostPackets,
        duplicates: state.duplicates,
        firstErrorFrame: state.firstErrorFrame || null,
        scrambled: scrambling(state.scrambledPackets, state.scrambling),
        pcrs: pcr?.count ?? 0,
        pcrIntervalMs: pcr && pcr.count > 1 ? pcr.maxIntervalMs : null,
        pcrJitterMs: jitter?.peakToPeakMs ?? null,
        pcrDriftPpm: jitter?.driftPpm ?? null,
        firstFrame: state.firstFrame,
        streamId: stream ? session.streamId(pid) : null,
      };
    });
}

export function checkRows({ demuxer }: TsSession): object[] {
  const isConstant = demuxer.pids.some(({ pcr }) => (pcr?.accuracy() ?? null) !== null);
  return tsChecks.map((check) => {
    const { count, firstFrame, lastFrame } = demuxer.checks.get(check);
    const isMeasured = check !== 'pcrAccuracy' || isConstant;
    return {
      id: check,
      ...checkDefinition(check),
      state: count > 0 ? 'failed' : isMeasured ? 'ok' : 'not measured',
      count,
      firstFrame: count > 0 ? firstFrame : null,
      lastFrame: count > 0 ? lastFrame : null,
    };
  });
}

function fixedType(pid: number): string {
  if (pid === 0x1fff) return 'null';
  return fixedPidName(pid) === null ? 'unknown' : 'table';
}

function describe({ demuxer }: TsSession, pid: number): string {
  const stream = demuxer.pid(pid)?.stream;
  if (stream) {
    const { name, language } = stream.info;
    return language ? `${name} (${language})` : name;
  }
  const maps = [...demuxer.programs.values()].filter(({ pmtPid }) => pmtPid === pid);
  if (maps.length > 0) return 'PMT (program map)';
  if (demuxer.accessPids.has(pid)) return 'ECM or EMM (conditional access)';
  if ([...demuxer.programs.values()].some(({ pcrPid }) => pcrPid === pid)) return 'PCR (program clock)';
  return fixedPidName(pid) ?? 'in no program map';
}

/** transport_scrambling_control (ETSI ETR 289): 2 is the even, 3 the odd key. */
function scrambling(packets: number, values: number): string {
  if (packets === 0) return '';
  const keys = [values & 4 ? 'even key' : '', values & 8 ? 'odd key' : '', values & 2 ? 'reserved' : ''];
  return `${packets}, ${keys.filter((key) => key !== '').join(' and ')}`;
}
