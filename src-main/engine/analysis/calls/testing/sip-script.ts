import type { Diagnostic } from '#shared/model/diagnostic';
import type { StreamRow } from '#shared/model/stream';
import { utf8Bytes } from '../../../bytes/text';
import type { Endpoint } from '../../../net/endpoint';
import type { MediaAnnouncement } from '../../../protocols/rtp';
import { parseSipDatagram } from '../../../protocols/sip';
import { CallTracker } from '../call-tracker';

/** What a message of a script says; the rest is filled in as a peer would. */
export interface ScriptMessage {
  /** `INVITE`, or `200 INVITE`: a status with the method of its CSeq. */
  readonly what: string;
  readonly atMs: number;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly callId?: string;
  readonly cseq?: number;
  readonly branch?: string;
  /** Tags of caller and callee; requests of the callee have them exchanged. */
  readonly callerTag?: string;
  readonly calleeTag?: string;
  readonly isFromCallee?: boolean;
  /** Port in a session description that offers PCMU at the sender's address. */
  readonly mediaPort?: number;
  readonly headers?: readonly string[];
}

/** Endpoint from `192.0.2.1:5060`. */
export function at(text: string): Endpoint {
  const [address, port] = text.split(':');
  return { address, port: Number(port) };
}

/** A tracker that is fed with written messages, and all that came out of it. */
export class SipScript {
  readonly announcements: MediaAnnouncement[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly file: Uint8Array[] = [];
  readonly tracker = new CallTracker({
    sink: { report: (severity, code, frame, message) => this.diagnostics.push({ severity, code, frame, message }) },
    announce: (announcement) => this.announcements.push(announcement),
  });
  private frame = 0;

  send(...messages: readonly ScriptMessage[]): this {
    for (const message of messages) this.sendOne(message);
    return this;
  }

  get call() {
    return this.tracker.rows([])[0];
  }

  /** Reads bytes back from the pretended file: the offset names the message. */
  read = (fileOffset: number, length: number): Uint8Array => {
    const bytes = this.file[Math.floor(fileOffset / 10_000)];
    return bytes.slice(fileOffset % 10_000, (fileOffset % 10_000) + length);
  };

  private sendOne(message: ScriptMessage): void {
    const bytes = utf8Bytes(scriptText(message));
    const origin = {
      frame: (this.frame += 1),
      timeNs: message.atMs * 1e6,
      fileOffset: this.file.length * 10_000,
      missing: 0,
    };
    this.file.push(bytes);
    const parsed = parseSipDatagram(bytes, 0, bytes.length, origin, { report: () => undefined });
    if (parsed) this.tracker.onMessage(parsed, message.from, message.to, 'udp');
  }
}

function scriptText(message: ScriptMessage): string {
  const { what, callId = 'call', cseq = 1, callerTag = 'caller', calleeTag = '', isFromCallee = false } = message;
  const { branch = `z9hG4bK-${cseq}-${what.split(' ').at(-1)}`, mediaPort, headers = [] } = message;
  const [first, method] = what.split(' ');
  const caller = `"Alice" <sip:1001@example.com>;tag=${callerTag}`;
  const callee = `<sip:2002@example.com>${calleeTag && `;tag=${calleeTag}`}`;
  const body =
    mediaPort === undefined
      ? ''
      : `v=0\r\no=- 1 1 IN IP4 ${message.from.address}\r\ns=-\r\nc=IN IP4 ${message.from.address}\r\nt=0 0\r\nm=audio ${mediaPort} RTP/AVP 0\r\n`;
  return [
    method === undefined ? `${first} sip:2002@example.com SIP/2.0` : `SIP/2.0 ${first} Reason`,
    ...(branch === '' ? [] : [`Via: SIP/2.0/UDP 192.0.2.1;branch=${branch}`]),
    `From: ${isFromCallee ? callee : caller}`,
    `To: ${isFromCallee ? caller : callee}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method ?? first}`,
    ...headers,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

/** A stream row with the given facts and nothing remarkable else. */
export function streamRow(facts: Partial<StreamRow> & Pick<StreamRow, 'id' | 'src' | 'dst'>): StreamRow {
  return {
    kind: 'audio',
    transport: 'rtp',
    ssrc: '0x00000001',
    payloadTypes: [0],
    codec: 'PCMU',
    clockRateHz: 8000,
    basis: 'static',
    confidence: 1,
    alternatives: [],
    reasons: [],
    packets: 100,
    expected: 100,
    lost: 0,
    lostPercent: 0,
    duplicates: 0,
    reordered: 0,
    sequenceErrors: 0,
    maxDeltaMs: null,
    meanJitterMs: null,
    maxJitterMs: null,
    maxSkewMs: null,
    clockDriftPpm: null,
    restarts: 0,
    wireshark: {
      expected: 100,
      lost: 0,
      lostPercent: 0,
      minDeltaMs: 0,
      meanDeltaMs: 0,
      maxDeltaMs: 0,
      minJitterMs: 0,
      meanJitterMs: 0,
      maxJitterMs: 0,
      maxSkewMs: 0,
    },
    mos: null,
    firstFrame: 1,
    startSeconds: 0,
    durationSeconds: 1,
    callId: 'call-1',
    sessionId: null,
    peerId: null,
    encryption: 'none',
    decrypted: false,
    authPassRate: null,
    video: null,
    audio: null,
    truncatedPackets: 0,
    dtmf: '',
    ...facts,
  };
}
