import { useContext, useEffect, useState } from 'react';
import type { StreamRow } from '#shared/model/stream';
import { invoke } from '../../bridge';
import { usePlayhead } from '../../stores/playhead';
import { useCaptureId } from '../../stores/session';
import { PanelVisibility } from '../visibility';
import { type LocatedPacket, locatePacket, type TimedPage, type TimedRow } from './locate-packet';

/** Often enough to follow with the eye, seldom enough to leave the worker alone. */
const followEveryMs = 250;
/** A playhead this far outside the stream points at none of its packets. */
const slackSeconds = 0.5;

/** The packet of a stream nearest to the playhead, followed as it moves; null when it is elsewhere. */
export function usePacketAtPlayhead(stream: StreamRow): LocatedPacket | null {
  const captureId = useCaptureId();
  const [located, setLocated] = useState<LocatedPacket | null>(null);
  const isVisible = useContext(PanelVisibility);
  const { id: streamId, packets, startSeconds, durationSeconds } = stream;

  useEffect(() => {
    if (captureId === null || !isVisible) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isStopped = false;
    let isBusy = false;
    let isStale = false;
    const fetchPage = async (offset: number, limit: number): Promise<TimedPage | null> => {
      const query = { table: 'rtp-packets', scope: streamId, offset, limit } as const;
      const result = await invoke('table:page', { captureId, query });
      if (!result.ok) return null;
      return { totalRows: result.value.totalRows, rows: result.value.rows as unknown as readonly TimedRow[] };
    };
    const locate = async (): Promise<void> => {
      timer = undefined;
      if (isBusy) {
        isStale = true;
        return;
      }
      const { seconds } = usePlayhead.getState();
      const end = startSeconds + durationSeconds;
      const isInside = seconds >= startSeconds - slackSeconds && seconds <= end + slackSeconds;
      isBusy = true;
      const found = isInside ? await locatePacket(fetchPage, seconds, packets, [startSeconds, end]) : null;
      isBusy = false;
      if (isStopped) return;
      setLocated((before) => (before?.id === found?.id ? before : found));
      if (isStale) {
        isStale = false;
        timer ??= setTimeout(() => void locate(), followEveryMs);
      }
    };
    const stop = usePlayhead.subscribe((now, before) => {
      if (now.seconds === before.seconds) return;
      timer ??= setTimeout(() => void locate(), now.isPlaying ? followEveryMs : 30);
    });
    timer = setTimeout(() => void locate(), 0);
    return () => {
      isStopped = true;
      clearTimeout(timer);
      stop();
    };
  }, [captureId, isVisible, streamId, packets, startSeconds, durationSeconds]);

  return located;
}
