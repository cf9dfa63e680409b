import type { DiagnosticSink, Severity } from '#shared/model/diagnostic';
import { checkDefinition, type TsCheck } from '../../containers/mpeg-ts';
import type { TsSession } from './ts-session';

/** Checks of TR 101 290 that are worth a line among the diagnostics, and how they are told. */
const reported: readonly (readonly [check: TsCheck, severity: Severity, code: string])[] = [
  ['syncLoss', 'warning', 'mpegts-sync-loss'],
  ['syncByte', 'warning', 'mpegts-sync-byte'],
  ['continuity', 'warning', 'mpegts-continuity'],
  ['transport', 'warning', 'mpegts-transport-error'],
  ['crc', 'warning', 'mpegts-crc'],
];

/** Says what is wrong with a transport stream, once for each kind of fault. */
export function reportSession({ demuxer, source }: TsSession, sink: DiagnosticSink): void {
  for (const [check, severity, code] of reported) {
    const { count, firstFrame } = demuxer.checks.get(check);
    if (count === 0) continue;
    const { name, number } = checkDefinition(check);
    const times = count === 1 ? 'once' : `${count} times`;
    sink.report(severity, code, firstFrame, `${source.url}: ${name} (TR 101 290, ${number}) ${times}, here first.`);
  }
  const scrambled = demuxer.pids.filter(({ scrambledPackets }) => scrambledPackets > 0);
  if (scrambled.length > 0) {
    const list = scrambled.map(({ pid }) => pid).slice(0, 8);
    const more = scrambled.length > list.length ? ' and others' : '';
    const message = `${source.url}: packets of PID ${list.join(', ')}${more} are scrambled: nothing in them can be read.`;
    sink.report('note', 'mpegts-scrambled', scrambled[0].firstFrame, message);
  }
}
