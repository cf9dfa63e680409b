import type { CallRow } from '#shared/model/call';
import type { StreamRow } from '#shared/model/stream';
import type { CaptureBytes } from '../../store/capture-bytes';
import type { CallTracker } from '../calls/call-tracker';
import type { RtpMediaIndex } from '../rtp/media-index';
import type { RtpEngine } from '../rtp/rtp-engine';
import type { RtpStream } from '../rtp/rtp-stream';
import { type ClockRelation, type ClockSide, findCompanion, relateClocks } from '../video/companion';
import { videoFacts } from '../video/facts';
import { payloadWindow } from '../video/payload-window';
import type { FlowReplay } from './flow-replay';

/** What a video is made of. */
export interface VideoSourceIndexes {
  readonly title: string;
  readonly video: RtpMediaIndex;
  readonly audio: RtpMediaIndex | null;
  /** Null without sound. */
  readonly relation: ClockRelation | null;
}

interface RtpMediaParts {
  readonly rtp: RtpEngine;
  readonly calls: CallTracker;
  readonly replay: FlowReplay;
  readonly bytes: CaptureBytes;
  /** Time of the first frame; null before there was one. */
  readonly epochNs: () => bigint | null;
  readonly streams: () => readonly StreamRow[];
  readonly callRows: () => readonly CallRow[];
}

/** Where the packets of RTP streams and calls lie, for whoever plays and saves them; what pictures they make. */
export class RtpMedia {
  constructor(private readonly parts: RtpMediaParts) {}

  /** Columns of a stream, or of all streams of a call with their directions. */
  indexes(sourceId: string) {
    const { callRows, calls, streams } = this.parts;
    const rows = streams();
    const call = callRows().find((row) => row.id === sourceId);
    if (call) {
      const own = calls.directions(sourceId, rows);
      return {
        kind: 'call' as const,
        title: `${call.from} → ${call.to}`,
        streams: own.flatMap(({ streamId, direction }) =>
          this.indexOf(streamId).map((index) => ({ ...index, direction })),
        ),
      };
    }
    const streamId = this.streamOf(sourceId, 'audio');
    const stream = rows.find((row) => row.id === streamId);
    if (!stream) return null;
    return {
      kind: 'stream' as const,
      title: `${stream.codec ?? 'RTP'} ${stream.src} → ${stream.dst}`,
      streams: this.indexOf(streamId).map((index) => ({ ...index, direction: null })),
    };
  }

  /** A video stream with the sound that belongs to it; null when there is no such stream. */
  videoSource(id: string): VideoSourceIndexes | null {
    const { rtp, streams } = this.parts;
    const streamId = this.streamOf(id, 'video');
    const stream = rtp.streamById(streamId);
    const [video] = stream ? this.indexOf(streamId) : [];
    const row = streams().find((known) => known.id === streamId);
    if (!stream || !video || !row) return null;
    const title = `${row.codec ?? 'RTP'} ${row.src} → ${row.dst}`;
    const companion = findCompanion(rtp, stream);
    const [audio] = companion ? this.indexOf(companion.id) : [];
    if (!companion || !audio) return { title, video, audio: null, relation: null };
    const side = (index: RtpMediaIndex, of: RtpStream): ClockSide => ({
      index,
      clockRateHz: of.mainUse?.clockRateHz ?? 0,
      reports: rtp.senderReports(of),
    });
    return { title, video, audio, relation: relateClocks(side(video, stream), side(audio, companion)) };
  }

  /**
   * Looks at the pictures of the next video stream whose facts are not known; false when there is none left. Streams of
   * more than `maxPackets` are passed over.
   */
  survey(maxPackets = Number.POSITIVE_INFINITY): boolean {
    for (const stream of this.parts.rtp.streams()) {
      const isOpen = !stream.hasVideoFacts && stream.kind === 'video' && stream.statistics.packets <= maxPackets;
      if (!isOpen) continue;
      this.surveyPictures(stream);
      return true;
    }
    return false;
  }

  surveyPictures(stream: RtpStream): void {
    const [index] = this.indexOf(stream.id);
    this.parts.rtp.setVideoFacts(stream, index ? videoFacts(index, payloadWindow(this.parts.bytes)) : null);
  }

  /** Columns of a stream; empty when there is no such stream. */
  indexOf(streamId: string): RtpMediaIndex[] {
    const { epochNs, replay, rtp } = this.parts;
    const index = rtp.mediaIndex(streamId, replay);
    return index ? [{ ...index, wire: { ...index.wire, epochNs: epochNs() } }] : [];
  }

  /** A session that set RTP streams up (RTSP) stands for its first one of a kind; a stream for itself. */
  private streamOf(id: string, kind: StreamRow['kind']): string {
    const { rtp } = this.parts;
    if (rtp.streamById(id)) return id;
    return rtp.rows().find((row) => row.sessionId === id && row.kind === kind)?.id ?? id;
  }
}
