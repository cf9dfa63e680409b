import { EsBudget, type EsUnit, PesReader } from '../mpeg-es';
import { TsCheckLog } from './checks';
import { packetBytes, type TsPacketOrigin, type TsPacketSink, TsPacketSync, type TsStride } from './packet-sync';
import { feed, hasStuffing, mark } from './packet-payload';
import { PcrLog } from './pcr-log';
import { SectionReader, type TsSection } from './sections';
import { fixedPidName } from './stream-types';
import { type ProgramMap, readNetworkName, readPat, readPmt, readSdt, TableId } from './tables';
import { PidState, type TsListener, type TsProgram, type TsStream } from './ts-stream';

const nullPid = 0x1fff;
const pids = 8192;
const payloadBytes = 184;
/** Programs and streams beyond these are not taken apart. */
const maxPrograms = 1024;
const maxReaders = 256;
/** ETSI TR 101 290, 5.2.1: PAT and PMT at least every 0.5 s; how long a PID may stay away is the user's choice. */
const tableLimitNs = 0.5e9;
const pidLimitNs = 5e9;
/** 700 ms (ETSI TR 101 290, 5.2.2), and where time stamps wrap, in ticks of 90 kHz. */
const ptsLimit = 63_000;
const timestampWrap = 2 ** 33;
/** Losses of so many packets may be of sixteen of one PID, which its continuity counter does not show. */
const counterRound = 16;

/**
 * Takes a transport stream apart (ISO/IEC 13818-1): programs, streams, access units, and what a broadcaster measures.
 * Bytes are lent; units are told with where their bytes lie. A packet that is only counted allocates nothing.
 */
export class TsDemuxer implements TsPacketSink {
  readonly sync = new TsPacketSync(this);
  readonly checks = new TsCheckLog();
  readonly programs = new Map<number, TsProgram>();
  transportStreamId: number | null = null;
  networkName: string | null = null;
  packets = 0;
  nullPackets = 0;
  transportErrors = 0;
  firstFrame = 0;
  firstTimeNs = Number.NaN;
  lastTimeNs = Number.NaN;
  /** PIDs of conditional access messages that program maps name. */
  readonly accessPids = new Set<number>();
  private readonly pidIndex = new Int16Array(pids).fill(-1);
  private readonly pidStates: PidState[] = [];
  private readonly budget: EsBudget;
  private readonly serviceNames = new Map<number, { readonly name: string; readonly provider: string }>();
  private readers = 0;
  private hasCat = false;
  private patTimeNs = Number.NaN;
  private readonly pmtTimes = new Map<number, number>();
  private section: { pid: number; frame: number; timeNs: number } = { pid: 0, frame: 0, timeNs: 0 };

  /** `stride`: the packets are known to be of that kind, and the first bytes begin one. */
  constructor(
    private readonly listener: TsListener = {},
    { stride, budget = new EsBudget() }: { readonly stride?: TsStride; readonly budget?: EsBudget } = {},
  ) {
    this.budget = budget;
    if (stride) this.sync.lock(stride);
  }

  /** PIDs in the order in which they came. */
  get pids(): readonly PidState[] {
    return this.pidStates;
  }

  pid(pid: number): PidState | null {
    const index = this.pidIndex[pid];
    return index < 0 ? null : this.pidStates[index];
  }

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    this.sync.push(bytes, start, end, frame, timeNs, address);
  }

  /** `length` bytes of the stream are lost; 0: nobody knows how many, and what follows begins with a packet. */
  gap(length: number): void {
    this.sync.gap(length);
    if (length > 0 && length < counterRound * packetBytes) return;
    for (const state of this.pidStates) state.isDoubtful = true;
  }

  /** What follows is another piece of media, whose counters need not go on: nothing is lost. */
  boundary(): void {
    this.sync.gap(0);
    for (const state of this.pidStates) {
      state.stream?.reader?.flush(state.isTailSeen);
      state.sections?.lose();
      state.pcr?.expectJump();
      state.counter = -1;
    }
  }

  /** Nothing more comes. */
  finish(): void {
    this.sync.finish();
    for (const state of this.pidStates) state.stream?.reader?.flush(state.isTailSeen);
    this.checkAbsences();
    let scrambled = 0;
    for (const state of this.pidStates) {
      if (state.scrambledPackets > 0) scrambled = state.firstFrame;
      const accuracy = state.pcr?.accuracy();
      if (accuracy && accuracy.errors > 0) this.checks.fail('pcrAccuracy', state.firstFrame, accuracy.errors);
    }
    if (scrambled > 0 && !this.hasCat) this.checks.fail('cat', scrambled);
  }

  onSyncByteError(frame: number): void {
    this.checks.fail('syncByte', frame);
  }

  onSyncLoss(frame: number): void {
    this.checks.fail('syncLoss', frame);
  }

  onPacket(bytes: Uint8Array, at: number, origin: TsPacketOrigin): void {
    const { frame, timeNs } = origin;
    if (this.packets === 0) {
      this.firstFrame = frame;
      this.firstTimeNs = timeNs;
    }
    this.packets += 1;
    this.lastTimeNs = timeNs;
    const second = bytes[at + 1];
    if (second & 0x80) {
      // Nothing in it can be relied on, not even its PID.
      this.transportErrors += 1;
      this.checks.fail('transport', frame);
      return;
    }
    const pid = ((second & 0x1f) << 8) | bytes[at + 2];
    const index = this.pidIndex[pid];
    const state = index >= 0 ? this.pidStates[index] : this.open(pid, frame);
    state.packets += 1;
    state.lastFrame = frame;
    if (pid === nullPid) {
      this.nullPackets += 1;
      return;
    }
    if (state.stream && timeNs - state.lastTimeNs > pidLimitNs && state.packets > 1) this.checks.fail('pid', frame);
    state.lastTimeNs = timeNs;
    const control = bytes[at + 3];
    const hasPayload = (control & 0x10) !== 0;
    const fieldBytes = control & 0x20 ? 1 + bytes[at + 4] : 0;
    const flags = fieldBytes > 1 ? bytes[at + 5] : 0;
    const isStart = (second & 0x40) !== 0;
    const hasJump = (flags & 0x80) !== 0;
    if (hasJump && state.pcr) state.pcr.expectJump();
    if (!this.follow(state, bytes, at, control & 0x0f, hasPayload, isStart, hasJump, frame)) return;
    if ((flags & 0x10) !== 0 && fieldBytes >= 8) this.takePcr(state, bytes, at + 6, frame, timeNs);
    const scrambling = control >> 6;
    if (scrambling > 0) this.takeScrambled(state, scrambling, isStart, frame);
    const from = at + 4 + fieldBytes;
    const to = at + packetBytes;
    if (!hasPayload || from >= to || scrambling > 0) return;
    if (state.sections) {
      this.section.pid = pid;
      this.section.frame = frame;
      this.section.timeNs = timeNs;
      state.sections.payload(isStart, bytes, from, to);
    } else if (state.stream?.reader) {
      feed(state.stream.reader, isStart, bytes, from, at, origin);
      state.isTailSeen = fieldBytes > 0 && hasStuffing(bytes, at + 4);
    }
  }

  /** Continuity counter (2.4.3.3). False for packets that say nothing new. */
  private follow(
    state: PidState,
    bytes: Uint8Array,
    at: number,
    counter: number,
    hasPayload: boolean,
    isStart: boolean,
    hasJump: boolean,
    frame: number,
  ): boolean {
    const { counter: last } = state;
    const mark0 = mark(bytes, at + 60) ^ mark(bytes, at + 120);
    const mark1 = mark(bytes, at + 184);
    const isSame = mark0 === state.mark0 && mark1 === state.mark1;
    state.mark0 = mark0;
    state.mark1 = mark1;
    state.counter = counter;
    if (last < 0) return true;
    const expected = hasPayload ? (last + 1) & 15 : last;
    if (counter === expected) {
      state.wasDuplicate = false;
      if (state.isDoubtful && hasPayload) this.lose(state, counterRound, isStart);
      return true;
    }
    if (hasPayload && counter === last && isSame) {
      state.duplicates += 1;
      // Two of a kind are allowed, not three.
      if (state.wasDuplicate) this.failContinuity(state, frame);
      state.wasDuplicate = true;
      return false;
    }
    state.wasDuplicate = false;
    if (hasJump) {
      state.sections?.lose();
      state.stream?.reader?.lose(0, true, isStart);
      return true;
    }
    const lost = (counter - expected) & 15;
    state.lostPackets += lost;
    this.failContinuity(state, frame);
    this.lose(state, lost, isStart && hasPayload);
    return true;
  }

  private failContinuity(state: PidState, frame: number): void {
    if (state.continuityErrors === 0) state.firstErrorFrame = frame;
    state.continuityErrors += 1;
    this.checks.fail('continuity', frame);
  }

  private lose(state: PidState, packets: number, isStart: boolean): void {
    state.isDoubtful = false;
    state.sections?.lose();
    state.stream?.reader?.lose(packets * payloadBytes, state.isTailSeen, isStart);
    state.isTailSeen = false;
  }

  private takePcr(state: PidState, bytes: Uint8Array, at: number, frame: number, timeNs: number): void {
    const base =
      bytes[at] * 2 ** 25 +
      ((bytes[at + 1] << 17) | (bytes[at + 2] << 9) | (bytes[at + 3] << 1) | (bytes[at + 4] >> 7));
    const extension = ((bytes[at + 4] & 1) << 8) | bytes[at + 5];
    state.pcr ??= new PcrLog();
    const failed = state.pcr.push(base * 300 + extension, timeNs, this.packets * packetBytes);
    if (failed & 1) this.checks.fail('pcrRepetition', frame);
    if (failed & 2) this.checks.fail('pcrDiscontinuity', frame);
  }

  private takeScrambled(state: PidState, scrambling: number, isStart: boolean, frame: number): void {
    state.scrambledPackets += 1;
    state.scrambling |= 1 << scrambling;
    if (state.pid === 0) this.checks.fail('pat', frame);
    else if (state.sections && this.pmtTimes.has(state.pid)) this.checks.fail('pmt', frame);
    state.stream?.reader?.lose(payloadBytes, state.isTailSeen, isStart);
    state.isTailSeen = false;
  }

  private open(pid: number, frame: number): PidState {
    const state = new PidState(pid, frame);
    this.pidIndex[pid] = this.pidStates.length;
    this.pidStates.push(state);
    // PAT, CAT, NIT and SDT; what other tables say is not needed.
    if (pid <= 1 || pid === 0x10 || pid === 0x11) state.sections = new SectionReader((s) => this.onSection(s));
    return state;
  }

  private onSection(section: TsSection): void {
    const { pid, frame, timeNs } = this.section;
    if (!section.isIntact) {
      this.checks.fail('crc', frame);
      return;
    }
    if (pid === 0) this.onPat(section, frame, timeNs);
    else if (pid === 1) {
      this.hasCat = true;
      if (section.tableId !== TableId.cat) this.checks.fail('cat', frame);
    } else if (section.tableId === TableId.pmt) this.onPmt(section, pid, frame, timeNs);
    else if (section.tableId === TableId.sdtActual && pid === 0x11) this.onSdt(section);
    else if (section.tableId === TableId.nitActual && pid === 0x10) {
      this.networkName = readNetworkName(section) ?? this.networkName;
    }
  }

  private onPat(section: TsSection, frame: number, timeNs: number): void {
    if (section.tableId !== TableId.pat) {
      this.checks.fail('pat', frame);
      return;
    }
    const since = Number.isNaN(this.patTimeNs) ? this.firstTimeNs : this.patTimeNs;
    if (timeNs - since > tableLimitNs) this.checks.fail('pat', frame);
    this.patTimeNs = timeNs;
    if (!section.isCurrent) return;
    this.transportStreamId = section.extension;
    for (const { program, pid } of readPat(section)) {
      if (program === 0) continue;
      const known = this.programs.get(program);
      if (known?.pmtPid === pid) continue;
      if (known) known.pmtPid = pid;
      else if (this.programs.size < maxPrograms) this.addProgram(program, pid);
      else continue;
      this.listenTo(pid, frame);
      if (!this.pmtTimes.has(pid)) this.pmtTimes.set(pid, timeNs);
    }
  }

  private addProgram(number: number, pmtPid: number): void {
    const names = this.serviceNames.get(number);
    const { name = null, provider = null } = names ?? {};
    this.programs.set(number, { number, pmtPid, version: -1, pcrPid: nullPid, streams: [], name, provider });
  }

  private listenTo(pid: number, frame: number): void {
    const state = this.pid(pid) ?? this.open(pid, frame);
    state.sections ??= new SectionReader((section) => this.onSection(section));
  }

  private onPmt(section: TsSection, pid: number, frame: number, timeNs: number): void {
    const since = this.pmtTimes.get(pid);
    if (since === undefined) return;
    if (timeNs - since > tableLimitNs) this.checks.fail('pmt', frame);
    this.pmtTimes.set(pid, timeNs);
    const program = this.programs.get(section.extension);
    if (!program || !section.isCurrent || program.pmtPid !== pid || program.version === section.version) return;
    this.adopt(program, readPmt(section), frame);
  }

  /** A new map of a program: streams that are the same go on. */
  private adopt(program: TsProgram, map: ProgramMap, frame: number): void {
    program.version = map.version;
    program.pcrPid = map.pcrPid;
    for (const pid of map.accessPids) this.accessPids.add(pid);
    const before = program.streams;
    program.streams = [];
    for (const info of map.streams) {
      const state = this.pid(info.pid) ?? this.open(info.pid, frame);
      const known = state.stream;
      if (known && known.info.streamType === info.streamType && known.info.codec === info.codec) {
        program.streams.push(known);
        continue;
      }
      known?.reader?.flush(state.isTailSeen);
      const stream = this.createStream(program, info);
      state.stream = stream;
      state.lastTimeNs = this.lastTimeNs;
      program.streams.push(stream);
      this.listener.onStream?.(stream);
    }
    for (const gone of before) {
      const state = this.pid(gone.info.pid);
      if (state?.stream !== gone || program.streams.includes(gone)) continue;
      gone.reader?.flush(state.isTailSeen);
      state.stream = null;
    }
  }

  private createStream(program: TsProgram, info: TsStream['info']): TsStream {
    let reader: PesReader | null = null;
    // A PID of tables carries no PES packets, whatever a map says.
    if (info.codec && fixedPidName(info.pid) === null && this.readers < maxReaders) {
      this.readers += 1;
      reader = new PesReader(info.codec, (unit) => this.onUnit(stream, unit), this.budget);
    }
    const stream: TsStream = { info, program, reader, lastPts: Number.NaN };
    return stream;
  }

  private onUnit(stream: TsStream, unit: EsUnit): void {
    const step = (unit.pts - stream.lastPts + timestampWrap) % timestampWrap;
    // Pictures that are shown before the last one go back.
    if (step > ptsLimit && step < timestampWrap / 2) this.checks.fail('pts', unit.frame);
    if (!Number.isNaN(unit.pts)) stream.lastPts = unit.pts;
    this.listener.onUnit?.(stream, unit);
  }

  private onSdt(section: TsSection): void {
    for (const { service, name, provider } of readSdt(section)) {
      if (this.serviceNames.size >= maxPrograms) return;
      this.serviceNames.set(service, { name, provider });
      const program = this.programs.get(service);
      if (!program || (program.name === name && program.provider === provider)) continue;
      program.name = name;
      program.provider = provider;
    }
  }

  /** What did not come until the end. */
  private checkAbsences(): void {
    if (this.packets === 0) return;
    const now = this.lastTimeNs;
    const frame = this.pidStates.reduce((last, state) => Math.max(last, state.lastFrame), 0);
    const pat = Number.isNaN(this.patTimeNs) ? this.firstTimeNs : this.patTimeNs;
    if (now - pat > tableLimitNs) this.checks.fail('pat', frame);
    for (const since of this.pmtTimes.values()) if (now - since > tableLimitNs) this.checks.fail('pmt', frame);
    for (const { streams } of this.programs.values()) {
      for (const { info } of streams) {
        const state = this.pid(info.pid);
        if (state && now - state.lastTimeNs > pidLimitNs) this.checks.fail('pid', frame);
      }
    }
  }
}
