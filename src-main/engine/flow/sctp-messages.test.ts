import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../capture/testing/capture-builder';
import { TestSink } from '../capture/testing/collect';
import { SctpMessages } from './sctp-messages';

const BEGIN = 2;
const END = 1;

function chunk(type: number, flags: number, body: Uint8Array): Uint8Array {
  const length = 4 + body.length;
  return concat(Uint8Array.of(type, flags, length >> 8, length & 0xff), body, new Uint8Array(-length & 3));
}

function data(tsn: number, flags: number, text: string, stream = 3, protocolId = 46): Uint8Array {
  const header = new DataView(new ArrayBuffer(12));
  header.setUint32(0, tsn);
  header.setUint16(4, stream);
  header.setUint32(8, protocolId);
  return chunk(0, flags, concat(new Uint8Array(header.buffer), new TextEncoder().encode(text)));
}

function collector() {
  const sink = new TestSink();
  const messages: [stream: number, protocolId: number, text: string, frame: number][] = [];
  const sctp = new SctpMessages(
    {
      onMessage: (stream, protocolId, bytes, start, end, frame) =>
        messages.push([stream, protocolId, new TextDecoder().decode(bytes.subarray(start, end)), frame]),
    },
    sink,
  );
  let frame = 0;
  return {
    sink,
    messages,
    push: (...chunks: Uint8Array[]) => {
      const bytes = concat(new Uint8Array(5), ...chunks);
      frame += 1;
      sctp.push(bytes, 5, bytes.length, frame, frame * 1e6);
    },
  };
}

describe('SctpMessages', () => {
  it('delivers whole messages with their stream and protocol, once', () => {
    const { messages, push } = collector();
    push(chunk(3, 0, new Uint8Array(12)), data(7, BEGIN | END, 'odd'), data(8, BEGIN | END, 'even', 4, 0));
    push(data(7, BEGIN | END, 'odd'));
    expect(messages).toEqual([
      [3, 46, 'odd', 1],
      [4, 0, 'even', 1],
    ]);
  });

  it('puts fragments together in any order, across the wrap of sequence numbers', () => {
    const { messages, push } = collector();
    push(data(0, END, 'ee'));
    push(data(0xffff_ffff, 0, 'hr'));
    push(data(1, BEGIN, 'never'));
    push(data(0xffff_fffe, BEGIN, 't'));
    push(data(0, END, 'ee'));
    expect(messages).toEqual([[3, 46, 'three', 4]]);
  });

  it('gives up what never ends', () => {
    const { messages, push, sink } = collector();
    const big = 'x'.repeat(60_000);
    for (let tsn = 0; tsn < 40; tsn += 1) push(data(tsn, tsn === 0 ? BEGIN : 0, big));
    expect(messages).toEqual([]);
    expect(sink.codes).toEqual(['sctp-messages-incomplete', 'sctp-messages-incomplete']);
  });

  it('never throws, whatever the bytes', () => {
    const { push } = collector();
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 40 }),
            fc.tuple(fc.nat(8), fc.nat(3), fc.string({ maxLength: 9 })).map((a) => data(...a)),
          ),
          { maxLength: 6 },
        ),
        (chunks) => push(...chunks),
      ),
      { numRuns: 3000 },
    );
  });
});
