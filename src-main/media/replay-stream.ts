import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { packetColumns, type RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { RpcFailure } from '../workers/rpc/protocol';
import type { RenderOptions } from './render';
import { type MediaInput, withReader } from './source';

export interface ReplayRequest {
  readonly host: string;
  readonly port: number;
  /** 2 sends twice as fast as it was captured. */
  readonly speed: number;
  /** Begins again at the end, until it is stopped. */
  readonly isLooping: boolean;
}

export interface ReplayReport {
  readonly packets: number;
  readonly bytes: number;
  /** Packets that were not sent, since the capture holds only a part of them. */
  readonly cutPackets: number;
  readonly seconds: number;
}

/** Timers are no finer; what is due sooner is sent at once. */
const tickMs = 1;
/** Packets that may be on their way to the system. */
const maxPending = 64;

/**
 * Sends the packets of a stream again, each as long after the first as it was captured. Further rounds go on with
 * sequence numbers and timestamps, so that a receiver sees one stream; the first is sent as it was captured.
 */
export async function replayStream(
  input: MediaInput,
  { host, port, speed, isLooping }: ReplayRequest,
  { signal, onProgress }: RenderOptions,
): Promise<ReplayReport> {
  const [stream] = input.streams;
  if (input.kind === 'call' || !stream) {
    throw new RpcFailure({
      code: 'format-needs-stream',
      message: 'Packets are saved or sent of a stream, not of a call.',
      hint: 'Choose one of its streams.',
    });
  }
  const { address, family } = await resolve(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    return await withReader(input, async (reader) => {
      const columns = packetColumns(stream);
      const { timeNs, count, payloadMissing } = stream;
      const lengthMs = count > 0 ? (timeNs[count - 1] - timeNs[0]) / 1e6 : 0;
      const stepMs = count > 1 ? lengthMs / (count - 1) : 20;
      const next = continuation(stream);
      const sender = new Sender(socket, address, port);
      const startedAt = performance.now();
      let cutPackets = 0;
      for (let round = 0; count > 0 && (round === 0 || isLooping); round += 1) {
        for (let i = 0; i < count; i += 1) {
          signal?.throwIfAborted();
          if (payloadMissing[i] > 0) {
            cutPackets += 1;
            continue;
          }
          const offsetMs = (timeNs[i] - timeNs[0]) / 1e6 + round * (lengthMs + stepMs);
          await until(startedAt + offsetMs / speed, signal);
          const packet = Buffer.from(reader.read(columns, i));
          if (round > 0) next(packet, round);
          await sender.send(packet);
          onProgress?.((i + 1) / count);
        }
      }
      await sender.drain();
      const seconds = (performance.now() - startedAt) / 1000;
      return { packets: sender.packets, bytes: sender.bytes, cutPackets, seconds };
    });
  } finally {
    socket.close();
  }
}

/** Writes the numbers of a later round into a packet. */
function continuation({ count, sequence, timestamp, segment }: RtpMediaIndex): (packet: Buffer, round: number) => void {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let earliest = Number.POSITIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i += 1) {
    // Numbers of a sender that started anew stay as far from the first as they are.
    if (segment[i] !== segment[0]) continue;
    lowest = Math.min(lowest, sequence[i]);
    highest = Math.max(highest, sequence[i]);
    earliest = Math.min(earliest, timestamp[i]);
    latest = Math.max(latest, timestamp[i]);
  }
  const packets = highest - lowest + 1;
  const step = packets > 1 ? Math.round((latest - earliest) / (packets - 1)) : 0;
  const ticks = latest - earliest + step;
  return (packet, round) => {
    packet.writeUInt16BE((packet.readUInt16BE(2) + round * packets) & 0xffff, 2);
    packet.writeUInt32BE((packet.readUInt32BE(4) + round * ticks) % 2 ** 32, 4);
  };
}

class Sender {
  packets = 0;
  bytes = 0;
  private pending = 0;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  constructor(
    private readonly socket: Socket,
    private readonly address: string,
    private readonly port: number,
  ) {
    socket.on('error', (error) => this.note(error));
  }

  async send(packet: Buffer): Promise<void> {
    await this.below(maxPending);
    this.pending += 1;
    // Not connected: a system tells of ports that nobody listens at to connected sockets alone, and players come and go.
    this.socket.send(packet, this.port, this.address, (error) => {
      this.pending -= 1;
      if (error) this.note(error);
      else {
        this.packets += 1;
        this.bytes += packet.length;
      }
      this.wake?.();
    });
  }

  async drain(): Promise<void> {
    await this.below(1);
  }

  private async below(limit: number): Promise<void> {
    while (this.pending >= limit && !this.failure) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
    if (this.failure) throw this.failure;
  }

  private note(error: NodeJS.ErrnoException): void {
    this.failure ??= sendFailure(error);
    this.wake?.();
  }
}

/** An address literal as it is, a name once. */
async function resolve(host: string): Promise<{ readonly address: string; readonly family: number }> {
  try {
    return await lookup(host);
  } catch (error) {
    throw sendFailure(error as NodeJS.ErrnoException);
  }
}

function sendFailure(error: NodeJS.ErrnoException): RpcFailure {
  return new RpcFailure({
    code: 'cannot-send',
    message: `The packets cannot be sent there: ${error.message}.`,
    hint: 'Check the address; a network may refuse packets of this length.',
  });
}

async function until(timeMs: number, signal: AbortSignal | undefined): Promise<void> {
  const left = timeMs - performance.now();
  if (left >= tickMs) await delay(left, undefined, { signal });
}
