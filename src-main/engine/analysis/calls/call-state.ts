import type { CallState } from '#shared/model/call';

/** RFC 3261, section 17.1.1.2: timer B, 64 times T1 (500 ms). */
const timerBNs = 32e9;
/** Repetitions after 0.5, 1.5 and 3.5 s (timer A): nobody is there. */
const repetitionsUntilGivenUp = 3;

/** What is known of the INVITE of a call when its state is asked for. */
export interface CallProgress {
  /** Last INVITE that is no repetition; -1 when the capture begins later. */
  readonly inviteNs: number;
  /** How often the INVITE was repeated for want of a response. */
  readonly inviteRepetitions: number;
  readonly hasResponse: boolean;
  readonly isRinging: boolean;
  /** CANCEL by the caller, before a final response. */
  readonly isCancelled: boolean;
  /** Final response of 3xx to 6xx to the last INVITE; 0 when none came. */
  readonly failureStatus: number;
  /** 2xx to the INVITE, or in-dialog traffic that proves one before the capture began. */
  readonly isEstablished: boolean;
  /** BYE in every dialog that was established. */
  readonly isEnded: boolean;
}

/**
 * The state of a call: the first line that is true, looked at from the caller's side (of several legs of one
 * Call-ID, the one nearest to the caller decides).
 *
 * - `completed`: established, and ended by BYE.
 * - `in-call`: established, no BYE until the capture ends.
 * - `cancelled`: the caller gave up: CANCEL before a final response, 487, or BYE before an answer.
 * - `no-answer`: nobody answered: 408, 480, or no response at all to an INVITE that was repeated three times or
 *   is older than timer B (32 s).
 * - `failed`: a server could not serve the call (5xx), or a 401 or 407 was not followed by another INVITE.
 * - `rejected`: every other final response of 3xx, 4xx, 6xx: redirected, not found, busy, declined.
 * - `ringing`: a provisional response other than 100.
 * - `setup`: an INVITE, and nothing yet that tells more.
 */
export function callState(progress: CallProgress, nowNs: number): CallState {
  const { failureStatus } = progress;
  if (progress.isEstablished) return progress.isEnded ? 'completed' : 'in-call';
  if (progress.isCancelled || progress.isEnded || failureStatus === 487) return 'cancelled';
  if (failureStatus === 408 || failureStatus === 480) return 'no-answer';
  if (failureStatus >= 500 && failureStatus < 600) return 'failed';
  if (failureStatus === 401 || failureStatus === 407) return 'failed';
  if (failureStatus >= 300) return 'rejected';
  if (progress.isRinging) return 'ringing';
  return isGivenUp(progress, nowNs) ? 'no-answer' : 'setup';
}

function isGivenUp({ inviteNs, inviteRepetitions, hasResponse }: CallProgress, nowNs: number): boolean {
  if (inviteNs < 0 || hasResponse) return false;
  return inviteRepetitions >= repetitionsUntilGivenUp || nowNs - inviteNs >= timerBNs;
}
