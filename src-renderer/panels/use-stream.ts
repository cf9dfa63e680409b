import type { SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import { useQuery } from '../bridge';
import { useCaptureId, useTableRevision } from '../stores/session';
import { useShownRevision } from './visibility';

/** What is known of a stream now; null for a call, for none, and while it is asked for. */
export function useStream(sourceId: string | null): StreamRow | null {
  const captureId = useCaptureId();
  const revision = useShownRevision(useTableRevision('streams'));
  const isStream = sourceId !== null && !isCallId(sourceId);
  return useQuery('stream:detail', captureId && isStream ? { captureId, streamId: sourceId } : null, revision).value;
}

/** What is known of a media session now; null for what is none, and while it is asked for. */
export function useMediaSession(sourceId: string | null): SessionRow | null {
  const captureId = useCaptureId();
  const revision = useShownRevision(useTableRevision('sessions'));
  const mayBe = sourceId !== null && !isCallId(sourceId);
  return useQuery('session:detail', captureId && mayBe ? { captureId, sessionId: sourceId } : null, revision).value;
}

/** Calls and streams are told apart by their ids. */
export function isCallId(sourceId: string): boolean {
  return sourceId.startsWith('call-');
}
