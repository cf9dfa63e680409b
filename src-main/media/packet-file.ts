import { open, rm } from 'node:fs/promises';
import type { FrameRecords } from '#engine/analysis/packets/frame-records';
import { pcapngHeader, pcapngInterface, pcapngPacket } from '#engine/containers/pcapng';
import { RpcFailure } from '../workers/rpc/protocol';
import type { CaptureLocation } from './capture-location';
import { fileFacts, type MadeFile } from './made-file';
import { PayloadReader } from './payload-reader';

/** Frames of a capture, with the files that they lie in. */
export interface PacketsInput {
  readonly records: FrameRecords;
  readonly capturePath: CaptureLocation;
  /** Bytes of the capture when it was opened. */
  readonly captureBytes: number;
}

export interface PacketsOptions {
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

const flushBytes = 1 << 18;

/**
 * Writes frames as pcapng, byte by byte as they were captured, with their times. Leaves no file behind when that fails
 * or is cancelled; `no-packets` when there are none.
 */
export async function writePackets(
  { records, capturePath, captureBytes }: PacketsInput,
  path: string,
  { signal, onProgress }: PacketsOptions,
): Promise<MadeFile> {
  const { count, frame, offset, capturedLength, wireLength, linkType, timeNs, firstTimeNs } = records;
  if (count === 0) throw new RpcFailure({ code: 'no-packets', message: 'No packet of the capture belongs to it.' });
  const reader = PayloadReader.open(capturePath, captureBytes);
  const file = await open(path, 'wx');
  try {
    const interfaces = new Map<number, number>();
    let pieces: Uint8Array[] = [pcapngHeader('Tapdeck')];
    let pending = 0;
    const flush = async (): Promise<void> => {
      await file.appendFile(Buffer.concat(pieces));
      pieces = [];
      pending = 0;
    };
    for (const type of linkType.subarray(0, count)) {
      if (interfaces.has(type)) continue;
      interfaces.set(type, interfaces.size);
      pieces.push(pcapngInterface(type));
    }
    for (let i = 0; i < count; i += 1) {
      signal?.throwIfAborted();
      const bytes = new Uint8Array(capturedLength[i]);
      if (reader.copy(offset[i], bytes) < bytes.length) throw changed(frame[i]);
      const packet = pcapngPacket({
        interfaceIndex: interfaces.get(linkType[i]) ?? 0,
        timeNs: firstTimeNs + BigInt(Math.round(timeNs[i])),
        wireLength: wireLength[i],
        bytes,
      });
      pieces.push(packet);
      pending += packet.length;
      if (pending > flushBytes) await flush();
      onProgress?.((i + 1) / count);
    }
    await flush();
    return {
      mime: 'application/x-pcapng',
      ...(await fileFacts(path)),
      ...{ durationSeconds: (timeNs[count - 1] - timeNs[0]) / 1e9, frames: null, samples: null, usedFfmpeg: false },
      packets: { first: frame[0], last: frame[count - 1], count },
      options: { content: 'frames as captured' },
    };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    reader.close();
    await file.close();
  }
}

function changed(frame: number): RpcFailure {
  return new RpcFailure({
    code: 'capture-changed',
    message: `Frame ${frame} cannot be read any more: the capture file is not the one that was opened.`,
    hint: 'Open it again.',
  });
}
