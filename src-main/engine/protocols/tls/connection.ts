import type { CipherSuite } from '../../crypto/cipher-suite';
import { equalBytes } from '../../crypto/cipher-suite';
import type { Direction, StreamChannel, StreamDissector } from '../../flow/stream-dissector';
import { type CertificateNames, firstCertificate } from './certificate';
import { suiteProtection, type SuiteProtection } from './cipher-suites';
import type { TlsFacts } from './facts';
import { Half, type HalfOwner, type TlsRecord } from './half';
import { HandshakeType } from './handshake-reader';
import {
  type ClientHello,
  lostServerHello,
  parseClientHello,
  parseEncryptedExtensions,
  parseServerHello,
  type ServerHello,
  TlsVersion,
} from './hello';
import type { ConnectionSecrets } from './key-log';
import { noteMessage } from './message-log';
import { innerContent } from './record-cipher';
import type { Epoch, Opened, SearchBudget } from './record-opener';
import { RecordInflater } from './record-inflater';
import { ContentType } from './record-reader';
import type { SessionCache, SessionSecret } from './session-cache';
import { offeredProtections, sessionEpochs, trafficEpoch } from './epochs';

/** What all connections of an analysis share. */
export interface TlsContext {
  /** Null without primitives: connections are named, none is opened. */
  readonly suite: CipherSuite | null;
  readonly sessions: SessionCache;
  readonly budget: SearchBudget;
  /** Of all connections: bytes of records that wait and of messages that were kept, messages that are listed. */
  readonly room: { waiting: number; kept: number; messages: number };
  secretsOf(clientRandom: Uint8Array): ConnectionSecrets | null;
  /** The facts of a connection have changed. */
  onChange(): void;
}

/** Records that wait for a ServerHello which the capture has later: bytes of all connections together. */
const mostWaitingBytes = 16 << 20;
const recordCost = 128;

/** A TLS connection (RFC 8446, RFC 5246): its handshake is read, its records are opened where there are secrets. */
export class TlsConnection implements StreamDissector, HalfOwner {
  private readonly halves: readonly [Half, Half];
  private inside: StreamDissector | null = null;
  private clientHello: ClientHello | null = null;
  private serverHello: ServerHello | null = null;
  private secrets: ConnectionSecrets | null = null;
  /** TLS 1.2 and before: what a direction is protected by from its next ChangeCipherSpec on. */
  private readonly pending: [Epoch | null, Epoch | null] = [null, null];
  private session: SessionSecret | null = null;
  /** The record that is read. */
  private record = { frame: 0, timeNs: 0, isProtected: false };

  constructor(
    private readonly context: TlsContext,
    private readonly channel: StreamChannel,
    private readonly facts: TlsFacts,
  ) {
    this.halves = [new Half(this, 0, context.budget), new Half(this, 1, context.budget)];
  }

  onData(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    _address: number,
  ): void {
    const { facts } = this;
    if (facts.firstFrame === 0) {
      facts.firstFrame = frame;
      facts.startNs = timeNs;
      this.channel.claim('TLS', `TLS record in frame ${frame}`);
    }
    facts.lastNs = Math.max(facts.lastNs, timeNs);
    this.halves[direction].reader.push(bytes, start, end, frame, timeNs);
  }

  onGap(direction: Direction, length: number, frame: number, timeNs: number): void {
    this.halves[direction].reader.gap(length, frame, timeNs);
    // If it was the ServerHello, that does not come any more.
    if (direction !== this.facts.client) this.stopWaiting();
  }

  onEnd(direction: Direction, timeNs: number): void {
    const half = this.halves[direction];
    if (half.hasEnded) return;
    half.reader.finish(timeNs);
    half.hasEnded = true;
    if (direction !== this.facts.client || this.halves[direction ^ 1].hasEnded) this.stopWaiting();
    const { current, missingContent } = half.opener;
    if (missingContent > 0 && (current?.stage === 'application' || current?.stage === 'session')) {
      this.onLostContent(half, missingContent, 0, timeNs);
    }
    this.inside?.onEnd(direction, timeNs);
    this.context.onChange();
  }

  /** Of records that no key will ever open the bodies are not worth a copy. */
  wants(half: Half, type: number): boolean {
    return (isClear(type) && !half.isProtected) || half.opener.hasKeys || this.isWaiting;
  }

  onRecord(half: Half, record: TlsRecord): void {
    if (this.mustWait(half, record)) {
      this.hold(half, record);
      return;
    }
    const { type, version, body } = record;
    if (type === ContentType.changeCipherSpec && !half.isProtected && body.length === 1) {
      if (!this.isTls13) this.changeCipher(half);
      return;
    }
    const mayBeProtected = this.hasLostChange(half) || half.isProtected || !isClear(type);
    const opened = mayBeProtected ? half.opener.open(type, version, body) : null;
    if (opened) this.onOpened(half, record, opened);
    else if (half.isProtected || !isClear(type)) this.onClosed(half, record);
    else this.onContent(half, type, body, record, false);
  }

  onPassed(_half: Half, type: number, length: number): void {
    this.count(type, length);
    this.context.onChange();
  }

  onGarbage(frame: number): void {
    this.channel.sink.report(
      'warning',
      'tls-record-header',
      frame,
      'Where a TLS record should begin there is none; the next one is searched for.',
    );
  }

  onHandshake(half: Half, type: number, bytes: Uint8Array, start: number, end: number): void {
    const { facts } = this;
    this.note(half, type, bytes, start, end);
    if (type === HandshakeType.clientHello) this.onClientHello(half, parseClientHello(bytes, start, end));
    else if (type === HandshakeType.serverHello) this.onServerHello(half, parseServerHello(bytes, start, end));
    else if (type === HandshakeType.encryptedExtensions) {
      facts.alpn = parseEncryptedExtensions(bytes, start, end) ?? facts.alpn;
    } else if (type === HandshakeType.certificate) {
      this.onCertificate(half, firstCertificate(bytes, start, end, this.isTls13));
    } else if (type === HandshakeType.compressedCertificate) facts.hasCompressedCertificate = true;
    else if (type === HandshakeType.newSessionTicket) this.onTicket(bytes.subarray(start, end));
    else if (type === HandshakeType.keyUpdate) {
      facts.keyUpdates += 1;
      half.opener.update();
    } else if (type === HandshakeType.finished && half.opener.current?.stage === 'handshake') half.opener.advance();
    else if (type === HandshakeType.endOfEarlyData && half.opener.current?.stage === 'early') half.opener.advance();
  }

  /** TLS 1.3 was agreed on, or has begun already with early data. */
  private get isTls13(): boolean {
    if (this.serverHello) return this.serverHello.version >= TlsVersion.tls13;
    return this.halves.some(({ opener }) => opener.current?.stage === 'early');
  }

  /** There are secrets and a client's hello, but the server's is not here yet. */
  private get isWaiting(): boolean {
    return this.clientHello !== null && this.serverHello === null && this.secrets !== null;
  }

  /** Nobody can tell anything of this record before the ServerHello, which was captured after it. */
  private mustWait(half: Half, { type, body }: TlsRecord): boolean {
    if (half.held.length > 0) return true;
    if (!this.isWaiting || half.direction !== this.facts.client) return false;
    // Early data comes before the ServerHello by right.
    if (half.opener.current?.stage === 'early') return false;
    if (type === ContentType.handshake) return half.isProtected || body[0] !== HandshakeType.clientHello;
    return true;
  }

  private hold(half: Half, record: TlsRecord): void {
    half.held.push({ ...record, body: record.body.slice() });
    const { room } = this.context;
    room.waiting += record.body.length + recordCost;
    if (room.waiting > mostWaitingBytes) this.stopWaiting();
  }

  /** The ServerHello does not come. Without it TLS 1.3 can be opened, by trying the suites that were offered. */
  private stopWaiting(): void {
    const { clientHello, secrets, context } = this;
    if (!this.isWaiting || !clientHello || !secrets || !context.suite) return;
    this.serverHello = lostServerHello(secrets.master === null ? TlsVersion.tls13 : TlsVersion.tls12);
    if (this.isTls13) this.beginTraffic(context.suite, secrets, offeredProtections(clientHello));
    this.releaseHeld();
  }

  private releaseHeld(): void {
    for (const half of this.halves) {
      const { held } = half;
      half.held = [];
      for (const record of held) {
        this.context.room.waiting -= record.body.length + recordCost;
        this.onRecord(half, record);
      }
    }
  }

  /** What follows a loss may be protected: the ChangeCipherSpec may have been in it. */
  private hasLostChange(half: Half): boolean {
    const pending = this.pending[half.direction];
    if (!pending || half.isProtected || !half.opener.hasLoss) return false;
    if (half.opener.current === null) half.opener.begin(pending);
    return true;
  }

  private changeCipher(half: Half): void {
    const pending = this.pending[half.direction];
    this.pending[half.direction] = null;
    half.isProtected = true;
    half.handshake.reset();
    half.opener.begin(...(pending ? [pending] : []));
    half.opener.forget();
    half.inflater = this.newInflater();
  }

  private newInflater(): RecordInflater | null {
    const { suite } = this.context;
    return suite && this.serverHello?.compression === DEFLATE ? new RecordInflater(suite) : null;
  }

  private onOpened(half: Half, record: TlsRecord, opened: Opened): void {
    const { epoch, lostRecords, lostContent } = opened;
    let { content } = opened;
    let { type } = record;
    let { length } = content;
    if (epoch.stage === 'session') {
      if (!half.isProtected) half.inflater = this.newInflater();
      half.isProtected = true;
      if (this.pending[half.direction] === epoch) this.pending[half.direction] = null;
      if (half.inflater) {
        if (lostRecords > 0) half.inflater.break();
        const inflated = half.inflater.inflate(content);
        if (!inflated) {
          this.onUncompressible(half, record);
          return;
        }
        content = inflated;
        length = content.length;
      }
    } else ({ type, length } = innerContent(content));
    this.facts.openedRecords += 1;
    this.count(type, length);
    if (epoch.stage === 'early') this.facts.hasEarlyData = true;
    if (lostRecords > 0) half.handshake.reset();
    if (lostContent > 0 && epoch.stage !== 'handshake') {
      this.onLostContent(half, lostContent, record.frame, record.timeNs);
    }
    this.onContent(half, type, content.subarray(0, length), record, true);
  }

  /** A record that authenticates, but what it was compressed with is missing. */
  private onUncompressible(half: Half, { type, body, frame }: TlsRecord): void {
    this.count(type, body.length);
    half.handshake.reset();
    this.facts.failedRecords += 1;
    this.channel.sink.report(
      'warning',
      'tls-record-compression',
      frame,
      'A compressed TLS record cannot be read: one before it is missing.',
    );
  }

  /** A protected record that stays closed. */
  private onClosed(half: Half, { type, body, frame }: TlsRecord): void {
    this.count(type, body.length);
    half.handshake.reset();
    this.context.onChange();
    if ((half.opener.current?.ciphers.length ?? 0) === 0) return;
    this.facts.failedRecords += 1;
    this.channel.sink.report(
      'warning',
      'tls-record-authentication',
      frame,
      'A TLS record does not authenticate under its key; it is left out.',
    );
  }

  private count(type: number, length: number): void {
    this.facts.protectedRecords += 1;
    if (type === ContentType.applicationData) this.facts.applicationBytes += length;
  }

  private onContent(half: Half, type: number, content: Uint8Array, record: TlsRecord, isProtected: boolean): void {
    const { facts } = this;
    const { frame, timeNs } = record;
    this.record = { frame, timeNs, isProtected };
    if (type === ContentType.alert && content.length === 2) this.note(half, null, content, 0, 2);
    if (type === ContentType.handshake) half.handshake.push(content, 0, content.length);
    else if (type === ContentType.changeCipherSpec && !this.isTls13) this.changeCipher(half);
    else if (type === ContentType.alert && content.length === 2 && isFault(content[1])) facts.alert ??= content[1];
    else if (type === ContentType.applicationData && content.length > 0) {
      facts.contentBytes += content.length;
      this.inside ??= this.channel.inside('TLS');
      const address = this.channel.keep(content, 0, content.length);
      this.inside.onData(half.direction, content, 0, content.length, frame, timeNs, address);
    }
    this.context.onChange();
  }

  private note(half: Half, type: number | null, bytes: Uint8Array, start: number, end: number): void {
    const message = { ...this.record, direction: half.direction, type };
    noteMessage(this.facts, this.channel, this.context.room, message, bytes, start, end);
  }

  private onLostContent(half: Half, length: number, frame: number, timeNs: number): void {
    this.facts.missingBytes += length;
    this.inside ??= this.channel.inside('TLS');
    this.inside.onGap(half.direction, length, frame, timeNs);
  }

  private onClientHello(half: Half, hello: ClientHello | null): void {
    const { facts, context } = this;
    if (!hello) return;
    // The capture may have the ServerHello first.
    const early = this.clientHello === null ? this.serverHello : null;
    const isRenewal = this.session !== null;
    this.clientHello = hello;
    this.serverHello = null;
    this.secrets = context.suite ? context.secretsOf(hello.random) : null;
    facts.client = half.direction;
    facts.hasClientHello = true;
    facts.clientRandom ??= hello.random;
    facts.serverName = hello.serverName ?? facts.serverName;
    facts.hasEncryptedHello ||= hello.hasEncryptedHello;
    facts.offeredAlpn = hello.alpn;
    facts.origin = this.secrets?.origin ?? facts.origin;
    if (facts.cipherSuite === null) facts.version = hello.version;
    if (context.suite && this.secrets?.clientEarly && hello.offersEarlyData && !isRenewal) {
      const protections = offeredProtections(hello);
      half.opener.begin(trafficEpoch(context.suite, 'early', this.secrets.clientEarly, protections));
    }
    if (early) this.onServerHello(this.halves[half.direction ^ 1], early);
  }

  private onServerHello(half: Half, hello: ServerHello | null): void {
    const { facts, context, clientHello } = this;
    if (!hello) return;
    this.serverHello = hello;
    facts.client = (half.direction ^ 1) as Direction;
    facts.version = hello.version;
    facts.cipherSuite = hello.cipherSuite;
    facts.alpn = hello.alpn ?? facts.alpn;
    const protection = suiteProtection(hello.cipherSuite);
    const isTls13 = hello.version >= TlsVersion.tls13;
    facts.isSupported = protection !== null && protection.isTls13 === isTls13 && hello.version >= TlsVersion.tls10;
    if (isTls13) for (const each of this.halves) each.isProtected = false;
    if (hello.isRetry) {
      facts.hasRetry = true;
      return;
    }
    facts.hasServerHello = true;
    facts.hasExtendedMasterSecret = hello.extendedMasterSecret;
    facts.hasEncryptThenMac = hello.encryptThenMac;
    facts.hasCompression = hello.compression !== 0;
    const isEchoed = hello.sessionId.length > 0 && equalBytes(hello.sessionId, clientHello?.sessionId ?? noBytes);
    facts.isResumed = isTls13 ? hello.preSharedKey : isEchoed;
    if (hello.compression !== 0 && hello.compression !== DEFLATE) facts.isSupported = false;
    if (context.suite && protection && facts.isSupported && clientHello) {
      if (!isTls13) this.prepareSession(context.suite, clientHello, hello, protection, isEchoed);
      else if (this.secrets) this.beginTraffic(context.suite, this.secrets, [protection]);
    }
    this.releaseHeld();
  }

  private beginTraffic(suite: CipherSuite, secrets: ConnectionSecrets, protections: readonly SuiteProtection[]): void {
    for (const { direction, opener } of this.halves) {
      const isClient = direction === this.facts.client;
      const handshake = isClient ? secrets.clientHandshake : secrets.serverHandshake;
      const traffic = isClient ? secrets.clientTraffic : secrets.serverTraffic;
      const epochs = [
        trafficEpoch(suite, 'handshake', handshake, protections),
        trafficEpoch(suite, 'application', traffic, protections),
      ];
      if (opener.current?.stage === 'early') opener.follow(...epochs);
      // Early data without its secret is closed, not forged.
      else if (isClient && this.clientHello?.offersEarlyData) opener.begin({ stage: 'early', ciphers: [] }, ...epochs);
      else opener.begin(...epochs);
    }
  }

  /** Keys of TLS 1.2 and before. Those of a resumed session come from the key log, or from the one it was before. */
  private prepareSession(
    suite: CipherSuite,
    clientHello: ClientHello,
    serverHello: ServerHello,
    protection: SuiteProtection,
    isEchoed: boolean,
  ): void {
    const { sessions } = this.context;
    const { master = null, origin = 'key-log' } = this.secrets ?? {};
    let session: SessionSecret | null = master && { master, origin };
    if (!session && isEchoed) {
      const { ticket } = clientHello;
      session = sessions.byId(serverHello.sessionId) ?? (ticket && sessions.byTicket(suite, ticket));
    }
    this.session = session;
    if (!session) return;
    this.facts.origin = session.origin;
    if (serverHello.sessionId.length > 0) sessions.addId(serverHello.sessionId, session);
    const epochs = sessionEpochs(suite, session.master, clientHello, serverHello, protection);
    const client = this.facts.client ?? 0;
    this.pending[client] = epochs[0];
    this.pending[client ^ 1] = epochs[1];
  }

  /** A ticket of TLS 1.2 (RFC 5077, section 3.3). What one of TLS 1.3 resumes has secrets of its own. */
  private onTicket(body: Uint8Array): void {
    const { session, context } = this;
    if (!session || !context.suite || this.isTls13 || body.length <= 6) return;
    context.sessions.addTicket(context.suite, body.subarray(6), session);
  }

  private onCertificate(half: Half, names: CertificateNames | null): void {
    if (!names) return;
    if (half.direction === this.facts.client) this.facts.clientCertificate = names;
    else this.facts.certificate = names;
  }
}

const noBytes = new Uint8Array(0);
/** Compression method of RFC 3749. */
const DEFLATE = 1;

/** Whether records of this type may be without protection. */
const isClear = (type: number): boolean => type !== ContentType.applicationData && type !== ContentType.heartbeat;

/** close_notify and user_canceled are no faults (RFC 8446, section 6). */
const isFault = (alert: number): boolean => alert !== 0 && alert !== 90;
