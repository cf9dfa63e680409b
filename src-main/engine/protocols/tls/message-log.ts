import { missingBytes } from '../../bytes/extents';
import type { StreamChannel } from '../../flow/stream-dissector';
import type { TlsFacts, TlsMessage } from './facts';

/** Messages that are listed, of one connection and of all. */
const mostMessages = 100;
const mostOfAll = 500_000;
/** Bytes of a message that are kept, and of those of all connections. */
const longestKept = 16 * 1024;
const mostKeptBytes = 64 << 20;

/** Lists a message of a connection, `bytes[start..end)` its body, and keeps that. `room` is used up by all. */
export function noteMessage(
  { messages }: TlsFacts,
  channel: StreamChannel,
  room: { kept: number; messages: number },
  message: Omit<TlsMessage, 'length' | 'address'>,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (messages.length >= mostMessages || room.messages >= mostOfAll) return;
  room.messages += 1;
  const length = end - start;
  const isKept = length > 0 && length <= longestKept && room.kept + length <= mostKeptBytes;
  if (isKept) room.kept += length;
  messages.push({ ...message, length, address: isKept ? channel.keep(bytes, start, end) : missingBytes });
}
