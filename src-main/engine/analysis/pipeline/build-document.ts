import { formatEpochNs } from '#shared/base/time';
import type {
  CallDocument,
  EngineDocument,
  ObjectDocument,
  SessionDocument,
  StreamDocument,
} from '#shared/model/analysis-document';
import type { CallRow } from '#shared/model/call';
import type { ConversationCounts } from '#shared/model/capture';
import type { DiagnosticRow } from '#shared/model/diagnostic';
import type { ObjectRow, SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import type { WlanNetworkRow } from '#shared/model/wlan';

interface Findings {
  /** Epoch time of the first frame. */
  readonly firstTimeNs: bigint;
  readonly conversations: ConversationCounts;
  readonly sessions: readonly SessionRow[];
  readonly objects: readonly ObjectRow[];
  readonly calls: readonly CallRow[];
  readonly streams: readonly StreamRow[];
  readonly diagnostics: readonly DiagnosticRow[];
  readonly wlanNetworks: readonly WlanNetworkRow[];
}

/** What is printed of an analysis: rows with the times of the world instead of seconds since the first frame. */
export function buildDocument(found: Findings): EngineDocument {
  const timeOf = (seconds: number): string => formatEpochNs(found.firstTimeNs + BigInt(Math.round(seconds * 1e9)));
  return {
    conversations: found.conversations,
    sessions: found.sessions.map(
      ({ startSeconds, ...session }): SessionDocument => ({ ...session, startTime: timeOf(startSeconds) }),
    ),
    objects: found.objects.map(
      ({ startSeconds, ...object }): ObjectDocument => ({ ...object, startTime: timeOf(startSeconds) }),
    ),
    calls: found.calls.map(
      ({ startSeconds, lostPercent: _, ...call }): CallDocument => ({ ...call, startTime: timeOf(startSeconds) }),
    ),
    streams: found.streams.map(
      ({ startSeconds, ...stream }): StreamDocument => ({ ...stream, startTime: timeOf(startSeconds) }),
    ),
    diagnostics: found.diagnostics.map(({ id: _, ...row }) => row),
    wlanNetworks: found.wlanNetworks,
  };
}
