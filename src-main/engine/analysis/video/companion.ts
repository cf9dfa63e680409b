import type { RtpMediaIndex } from '../rtp/media-index';
import { playOrder } from '../rtp/play-order';
import type { SenderReport } from '../rtp/rtcp-log';
import type { RtpEngine } from '../rtp/rtp-engine';
import type { RtpStream } from '../rtp/rtp-stream';

/** How the clocks of a sound and a picture lie to each other. */
export interface ClockRelation {
  readonly basis: 'rtcp' | 'arrival';
  /** Added to the times of the sound, placed by its arrival, it runs together with the picture, placed by its own. */
  readonly audioShiftSeconds: number;
  readonly uncertaintyMs: number;
}

/** A stream with what ties its timestamps to a wallclock. */
export interface ClockSide {
  readonly index: RtpMediaIndex;
  readonly clockRateHz: number;
  readonly reports: readonly SenderReport[];
}

/** Two media of one source begin together: within a minute. */
const maxStartDistanceNs = 60e9;
/** Packets by which the spread of arrival is judged. */
const spreadPackets = 500;
/** More than this between sound and picture is no delay of a network: one of the wallclocks is wrong. */
const maxShiftSeconds = 10;

/**
 * The audio stream that belongs to a video stream: from and to the same hosts, of the same canonical name (RFC 3550,
 * section 6.5.1), call or session, nearest in time and port; null when there is none.
 */
export function findCompanion(engine: RtpEngine, video: RtpStream): RtpStream | null {
  let best: RtpStream | null = null;
  let bestScore = Number.POSITIVE_INFINITY;
  const name = engine.canonicalName(video);
  const session = video.announcement?.sessionId ?? null;
  for (const audio of engine.streams()) {
    if (audio === video || audio.kind !== 'audio') continue;
    const isSameWay =
      audio.context.source.address === video.context.source.address &&
      audio.context.destination.address === video.context.destination.address;
    const overlaps = audio.firstTimeNs <= video.lastTimeNs && video.firstTimeNs <= audio.lastTimeNs;
    const distanceNs = Math.abs(audio.firstTimeNs - video.firstTimeNs);
    if (!isSameWay || !overlaps || distanceNs > maxStartDistanceNs) continue;
    const otherName = engine.canonicalName(audio);
    if (name !== null && otherName !== null && name !== otherName) continue;
    if (video.callIds.length > 0 && !audio.callIds.includes(video.callIds[0])) continue;
    // One recorder sends many cameras from one address.
    const otherSession = audio.announcement?.sessionId ?? null;
    if (session !== null && otherSession !== null && session !== otherSession) continue;
    const ports = Math.abs(audio.context.source.port - video.context.source.port);
    const score = (name !== null && name === otherName ? 0 : 1e6) + ports + distanceNs / 1e9;
    if (score < bestScore) {
      best = audio;
      bestScore = score;
    }
  }
  return best;
}

/** By the sender reports of both where there are some, else by arrival. */
export function relateClocks(video: ClockSide, audio: ClockSide): ClockRelation {
  const [picture, sound] = [delayOf(video), delayOf(audio)];
  if (picture !== null && sound !== null) {
    const audioShiftSeconds = picture.delaySeconds - sound.delaySeconds;
    const uncertaintyMs = Math.ceil(1000 * (picture.errorSeconds + sound.errorSeconds));
    if (Math.abs(audioShiftSeconds) <= maxShiftSeconds) return { basis: 'rtcp', audioShiftSeconds, uncertaintyMs };
  }
  const spread = arrivalSpread(video) + arrivalSpread(audio);
  return { basis: 'arrival', audioShiftSeconds: 0, uncertaintyMs: Math.ceil(1000 * spread) };
}

/**
 * Arrival of the first packet minus the sender's wallclock at its timestamp, up to a constant that both media of a
 * sender share; null without a sender report. The error is the most that further reports disagree with the first.
 */
function delayOf({ index, clockRateHz, reports }: ClockSide): { delaySeconds: number; errorSeconds: number } | null {
  const usable = reports.filter(({ ntpSeconds }) => ntpSeconds > 0);
  const [reference] = usable;
  const first = playOrder(index).packets[0];
  if (reference === undefined || first === undefined || clockRateHz <= 0) return null;
  const secondsAfter = (from: number, to: number): number => ((to - from) | 0) / clockRateHz;
  const wallOf = (report: SenderReport): number => report.ntpSeconds + report.ntpFraction / 2 ** 32;
  const fromReport = secondsAfter(reference.rtpTimestamp, index.timestamp[first] % 2 ** 32);
  let errorSeconds = 0.001;
  for (const report of usable) {
    const expected = secondsAfter(reference.rtpTimestamp, report.rtpTimestamp);
    // Further away the timestamps have wrapped more than once.
    const elapsed = wallOf(report) - wallOf(reference);
    if (elapsed < 2 ** 30 / clockRateHz) errorSeconds = Math.max(errorSeconds, Math.abs(elapsed - expected));
  }
  const arrival = index.timeNs.reduce((earliest, time) => Math.min(earliest, time), Number.POSITIVE_INFINITY) / 1e9;
  return { delaySeconds: arrival - (wallOf(reference) + fromReport), errorSeconds };
}

/** How far arrivals scatter around the media clock, in seconds: between the 5th and the 95th of a hundred packets. */
function arrivalSpread({ index, clockRateHz }: ClockSide): number {
  const { packets } = playOrder(index);
  const lags: number[] = [];
  for (let k = 0; k < Math.min(packets.length, spreadPackets); k += 1) {
    const packet = packets[k];
    if (index.segment[packet] !== index.segment[packets[0]]) break;
    lags.push(index.timeNs[packet] / 1e9 - index.timestamp[packet] / clockRateHz);
  }
  lags.sort((a, b) => a - b);
  const at = (share: number): number => lags[Math.floor(share * (lags.length - 1))] ?? 0;
  return at(0.95) - at(0.05);
}
