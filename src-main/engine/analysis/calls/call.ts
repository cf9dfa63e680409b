import type { CallState } from '#shared/model/call';
import { partyText, type SipMessage } from '../../protocols/sip';
import { callState } from './call-state';
import { noMessage } from './message-log';

/** Forks and media ports of one call that are told apart. */
const maxDialogs = 64;
const maxMedia = 64;

export type CallSide = 'caller' | 'callee';

/** A port at which one side said that it receives. */
export interface AnnouncedPort {
  /** `address:port` as `formatEndpoint` writes it. */
  readonly endpoint: string;
  readonly side: CallSide;
  /** SIP endpoint that said so. */
  readonly owner: string;
}

/** A dialog (RFC 3261, section 12): the callee's tag names it, the rest is common to the call. */
interface Dialog {
  readonly tag: string;
  isAnswered: boolean;
  isEnded: boolean;
}

/** Everything with one Call-ID from the INVITE to the BYE: forks and copies between proxies included. */
export class Call {
  readonly from: string;
  readonly to: string;
  private readonly callerTag: string;
  readonly startedNs: number;
  lastNs: number;
  messages = 0;
  /** Last message of its chain in the log. */
  lastMessage = noMessage;
  ports: readonly AnnouncedPort[] = [];

  private inviteNs = -1;
  /** The last attempt: of an INVITE repeated with credentials or to another target, the repeated one. */
  private attemptNs = -1;
  private inviteCseq = -1;
  /** Names the leg nearest to the caller: responses to it are what the caller saw. */
  private inviteBranch = '';
  private inviteRepetitions = 0;
  private hasResponse = false;
  private isRinging = false;
  private isCancelled = false;
  /** Failures on the leg of the caller, and on others. */
  private failureStatus = 0;
  private otherFailureStatus = 0;
  private answerNs = -1;
  private answerStatus = 0;
  private isAnswerSeenByCaller = false;
  /** In-dialog traffic proves that the call was answered, seen or not. */
  private isEstablished = false;
  private byeNs = -1;
  private dialogs: readonly Dialog[] = [];

  constructor(
    readonly id: string,
    readonly callId: string,
    message: SipMessage,
  ) {
    // Whoever sent the first request is the caller, also where the capture begins in the middle.
    this.callerTag = message.fromTag;
    this.from = partyText(message.from);
    this.to = partyText(message.to);
    this.startedNs = message.timeNs;
    this.lastNs = message.timeNs;
  }

  /** Time of the first INVITE, or of the first message where that was not captured. */
  get startNs(): number {
    return this.inviteNs >= 0 ? this.inviteNs : this.startedNs;
  }

  /** INVITE to its 2xx; null when either is not there. */
  get setupNs(): number | null {
    return this.inviteNs >= 0 && this.answerNs >= 0 ? Math.max(0, this.answerNs - this.inviteNs) : null;
  }

  /** 2xx to BYE, or to the last sign of life; null when no answer was seen. */
  durationNs(lastMediaNs: number): number | null {
    if (this.answerNs < 0) return null;
    const end = this.byeNs >= 0 ? this.byeNs : Math.max(this.lastNs, lastMediaNs);
    return Math.max(0, end - this.answerNs);
  }

  /** Last final response to the INVITE that opens the call; null when none came. */
  get finalStatus(): number | null {
    return this.answerStatus || this.failureStatus || this.otherFailureStatus || null;
  }

  state(nowNs: number): CallState {
    return callState(
      {
        inviteNs: this.attemptNs,
        inviteRepetitions: this.inviteRepetitions,
        hasResponse: this.hasResponse,
        isRinging: this.isRinging,
        isCancelled: this.isCancelled,
        failureStatus: this.failureStatus || this.otherFailureStatus,
        isEstablished: this.isEstablished || this.answerNs >= 0,
        isEnded: this.byeNs >= 0,
      },
      nowNs,
    );
  }

  /** The side that sent a message. Requests of both sides carry their own tag in From. */
  sender({ isRequest, fromTag }: SipMessage): CallSide {
    return isRequest === (fromTag === this.callerTag) ? 'caller' : 'callee';
  }

  /** Number of the dialog a message belongs to; what belongs to none goes with the first. */
  dialogOf(message: SipMessage): number {
    const tag = this.calleeTag(message);
    return tag === ''
      ? 0
      : Math.max(
          0,
          this.dialogs.findIndex((dialog) => dialog.tag === tag),
        );
  }

  get dialogCount(): number {
    return Math.max(1, this.dialogs.length);
  }

  announce(port: AnnouncedPort): void {
    const isKnown = this.ports.some((known) => known.endpoint === port.endpoint && known.side === port.side);
    // A new list of exactly this size: growing ones keep room for many, of which a call has two.
    if (!isKnown && this.ports.length < maxMedia) this.ports = this.ports.concat(port);
  }

  /** Takes a message into account; a repetition only counts as a sign of life. */
  take(message: SipMessage, isRetransmission: boolean): void {
    this.messages += 1;
    this.lastNs = Math.max(this.lastNs, message.timeNs);
    if (isRetransmission) {
      if (message.isRequest && message.method === 'INVITE') this.inviteRepetitions += 1;
    } else if (message.isRequest) this.takeRequest(message);
    else if (message.method === 'INVITE') this.takeInviteResponse(message);
    else this.openDialog(message);
  }

  private takeRequest(message: SipMessage): void {
    switch (message.method) {
      case 'INVITE':
        if (message.toTag === '') this.takeInvite(message);
        else this.takeInDialog(message);
        break;
      case 'CANCEL':
        if (this.isOfCallerLeg(message) && this.failureStatus === 0 && this.answerNs < 0) this.isCancelled = true;
        break;
      case 'ACK':
        // An ACK without a failure before it acknowledges a 2xx, even one that was not captured.
        if (this.failureStatus === 0 && this.otherFailureStatus === 0 && message.toTag !== '')
          this.takeInDialog(message);
        break;
      case 'BYE':
        this.takeBye(message);
        break;
      default:
        this.openDialog(message);
    }
  }

  private takeInvite(message: SipMessage): void {
    const isAttempt = this.inviteNs < 0 || (message.cseqNumber > this.inviteCseq && this.sender(message) === 'caller');
    if (this.inviteNs < 0) this.inviteNs = message.timeNs;
    // Another attempt or another target: what failed before is past (RFC 3261, sections 8.1.3.4, 16.7, 22.2).
    this.otherFailureStatus = 0;
    if (!isAttempt) return;
    this.attemptNs = message.timeNs;
    this.hasResponse = false;
    this.isRinging = false;
    this.inviteCseq = message.cseqNumber;
    this.inviteBranch = message.branch;
    this.inviteRepetitions = 0;
    this.failureStatus = 0;
    this.isCancelled = false;
  }

  private takeInviteResponse(message: SipMessage): void {
    const { statusCode } = message;
    const isInitial =
      this.inviteNs < 0 || (message.cseqNumber === this.inviteCseq && this.sender(message) === 'callee');
    this.hasResponse = true;
    if (statusCode > 100 && statusCode < 300) this.openDialog(message);
    // Responses to INVITEs within the dialog (hold, codec change) change nothing.
    if (!isInitial || (this.inviteNs < 0 && this.isEstablished)) return;
    if (statusCode < 200) this.isRinging ||= statusCode > 100;
    else if (statusCode < 300) this.takeAnswer(message);
    else if (this.isOfCallerLeg(message)) this.failureStatus = statusCode;
    else this.otherFailureStatus = statusCode;
  }

  private takeAnswer(message: SipMessage): void {
    const dialog = this.dialogs[this.dialogOf(message)];
    if (dialog) dialog.isAnswered = true;
    if (!dialog?.isEnded) this.byeNs = -1;
    const isSeenByCaller = this.isOfCallerLeg(message);
    if (this.answerNs < 0 || (isSeenByCaller && !this.isAnswerSeenByCaller)) {
      this.answerNs = message.timeNs;
      this.answerStatus = message.statusCode;
      this.isAnswerSeenByCaller = isSeenByCaller;
    }
  }

  /** A request that only an established dialog carries. */
  private takeInDialog(message: SipMessage): void {
    this.isEstablished = true;
    this.openDialog(message);
  }

  /** Of several forks that answered (RFC 3261, section 13.2.2.4) the last to end ends the call. */
  private takeBye(message: SipMessage): void {
    if (this.inviteNs < 0) this.isEstablished = true;
    this.openDialog(message);
    const dialog = this.dialogs[this.dialogOf(message)];
    if (dialog) dialog.isEnded = true;
    const isOpen = this.dialogs.some((d) => d.isAnswered && !d.isEnded);
    if (!isOpen && this.byeNs < 0) this.byeNs = message.timeNs;
  }

  private openDialog(message: SipMessage): void {
    const tag = this.calleeTag(message);
    if (tag === '' || this.dialogs.length >= maxDialogs || message.statusCode >= 300) return;
    if (this.dialogs.some((dialog) => dialog.tag === tag)) return;
    this.dialogs = this.dialogs.concat({ tag, isAnswered: false, isEnded: false });
  }

  private calleeTag({ fromTag, toTag }: SipMessage): string {
    return fromTag === this.callerTag ? toTag : fromTag;
  }

  /** Without a branch (RFC 2543) legs cannot be told apart. */
  private isOfCallerLeg({ branch }: SipMessage): boolean {
    return this.inviteBranch === '' || branch === '' || branch === this.inviteBranch;
  }
}
