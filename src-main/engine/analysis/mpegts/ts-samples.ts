import type { EsUnit } from '../../containers/mpeg-es';
import { TsDemuxer, type TsProgram, type TsStream, type TsStride } from '../../containers/mpeg-ts';
import type { MediaSamples, SampleTrack } from '../sessions/media-samples';
import { EsFacts } from './es-facts';
import { SampleCollector, TimeAxis } from './sample-collector';

/** What is taken apart. */
export interface TsSampleSource {
  /** Id of the session; those of programs and streams begin with it: `id/program-1`, `id/pid-256`. */
  readonly id: string;
  readonly title: string;
  /** Kind of packets where it is known, and the first bytes begin one. */
  readonly stride?: TsStride | undefined;
  /** The media came as fast as they are played: what their times jump by, their arrival tells. */
  readonly isPaced: boolean;
}

interface ProgramSamples {
  readonly axis: TimeAxis;
  readonly tracks: Map<number, SampleCollector>;
}

/** What takes the bytes of a part. */
export interface TsPartSink {
  /** `address` is where `bytes[start]` lies in the capture. */
  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void;
  /** `length` bytes are lost; 0: nobody knows how many. */
  gap(length: number): void;
}

/**
 * Access units of a transport stream as samples. `parts` are its pieces in the order of the media, each of which may
 * begin with other continuity counters (segments of HLS); a part gives its bytes to the sink. `wanted` is the id of the
 * session, of a program or of a stream; of a session, the first program with pictures is taken, else the first with
 * sound. Null when there are no samples.
 */
export function tsSamples(
  { id, title, stride, isPaced }: TsSampleSource,
  parts: readonly ((sink: TsPartSink) => void)[],
  wanted: string = id,
): MediaSamples | null {
  const programs = new Map<number, ProgramSamples>();
  const onUnit = ({ info, program }: TsStream, unit: EsUnit): void => {
    if (!info.codec || !isWanted(program, info.pid)) return;
    let known = programs.get(program.number);
    if (!known) {
      known = { axis: new TimeAxis(isPaced), tracks: new Map() };
      programs.set(program.number, known);
    }
    let track = known.tracks.get(info.pid);
    if (track && track.facts.codec !== info.codec) return;
    if (!track) {
      track = new SampleCollector(`${id}/pid-${info.pid}`, new EsFacts(info.codec), known.axis, info.config);
      known.tracks.set(info.pid, track);
    }
    track.take(unit);
  };
  const isWanted = ({ number }: TsProgram, pid: number): boolean =>
    wanted === id || wanted === `${id}/program-${number}` || wanted === `${id}/pid-${pid}`;
  const demuxer = new TsDemuxer({ onUnit }, stride ? { stride } : {});
  parts.forEach((part, i) => {
    if (i > 0) demuxer.boundary();
    part(demuxer);
  });
  demuxer.finish();
  const found = [...programs.values()].map(({ axis, tracks }) => ({
    axis,
    tracks: orderedTracks([...tracks.values()].flatMap((track) => track.track() ?? [])),
  }));
  const [best] = [...found].sort((a, b) => rank(b.tracks) - rank(a.tracks));
  if (!best || best.tracks.length === 0) return null;
  return { sourceId: wanted, title, tracks: best.tracks, notes: notesOf(demuxer, best.axis, found.length) };
}

/** One video track first, then the sound. */
export function orderedTracks(tracks: readonly SampleTrack[]): SampleTrack[] {
  const video = tracks.filter(({ kind }) => kind === 'video').sort((a, b) => b.count - a.count);
  return [...video.slice(0, 1), ...tracks.filter(({ kind }) => kind === 'audio')];
}

const rank = ([first]: readonly SampleTrack[]): number => (first ? (first.kind === 'video' ? 2 : 1) : 0);

function notesOf(demuxer: TsDemuxer, axis: TimeAxis, programs: number): string[] {
  const notes: string[] = [];
  const { count } = demuxer.checks.get('continuity');
  if (count > 0) notes.push(`${count} continuity ${count === 1 ? 'error' : 'errors'}: packets are missing.`);
  const scrambled = demuxer.pids.filter(({ scrambledPackets }) => scrambledPackets > 0).length;
  if (scrambled > 0) notes.push(`${scrambled} PIDs carry scrambled packets, which are left out.`);
  if (axis.jumps > 0)
    notes.push(
      `The time base changed ${axis.jumps === 1 ? 'once' : `${axis.jumps} times`}: times go on as the packets came.`,
    );
  if (programs > 1) notes.push(`The first of ${programs} programs with pictures or sound.`);
  return notes;
}
