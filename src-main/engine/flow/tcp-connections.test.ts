import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frame } from '../capture/frame';
import { TestSink } from '../capture/testing/collect';
import { IpProtocol, PacketView, TcpFlag } from '../net/packet';
import type { StreamChannel, StreamDissector, StreamProtocol } from './stream-dissector';
import { TcpConnections } from './tcp-connections';

const { ack, fin, rst, syn } = TcpFlag;
const text = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));
const bytesOf = (value: string): Uint8Array => Uint8Array.from(value, (letter) => letter.charCodeAt(0));

/** A protocol that begins with `HELLO`, and may carry another one behind `INSIDE:`. */
class Bench {
  readonly sink = new TestSink();
  readonly seen: string[] = [];
  readonly connections: TcpConnections;
  /** The "file": what was pushed, in order. */
  readonly file: number[] = [];
  private frame = 0;
  opened = 0;

  constructor(word = 'HELLO') {
    const protocol: StreamProtocol = {
      name: 'Greeting',
      probe: (bytes, start, end) => {
        const head = text(bytes, start, Math.min(end, start + word.length));
        return head === word ? 'yes' : word.startsWith(head) ? 'more' : 'no';
      },
      open: (channel) => this.dissector(channel),
    };
    this.connections = new TcpConnections({
      sink: this.sink,
      protocols: [protocol],
      endpoints: () => ({ source: { address: 'a', port: 1 }, destination: { address: 'b', port: 2 } }),
      bytes: {
        read: (address, target) => {
          target.set(this.file.slice(address, address + target.length));
          return target.length;
        },
        keep: () => 1e15,
      },
    });
  }

  push(flow: number, sequence: number, payload: string, flags: number = ack): this {
    this.frame += 1;
    const frame = new Frame();
    const bytes = bytesOf(payload);
    frame.number = this.frame;
    frame.timeNs = this.frame * 1e6;
    frame.bytes = bytes;
    frame.start = 0;
    frame.end = bytes.length;
    frame.fileOffset = this.file.length;
    this.file.push(...bytes);
    const packet = new PacketView();
    packet.reset(bytes);
    packet.protocol = IpProtocol.tcp;
    packet.payloadEnd = bytes.length;
    packet.tcpSequence = sequence;
    packet.tcpFlags = flags;
    this.connections.segment(flow, frame, packet);
    return this;
  }

  private dissector(channel: StreamChannel): StreamDissector {
    this.opened += 1;
    const depth = channel.layers.length;
    let inside: StreamDissector | null = null;
    return {
      onData: (direction, bytes, start, end, frame, timeNs, address) => {
        const data = text(bytes, start, end);
        expect(
          address >= 1e15 || String.fromCharCode(...this.file.slice(address, address + end - start)) === data,
        ).toBe(true);
        this.seen.push(`${depth}:${direction} ${data}`);
        if (depth === 0 && data.includes('INSIDE:')) {
          channel.claim('Outer', `frame ${frame}`);
          inside = channel.inside('Outer');
          const from = start + data.indexOf('INSIDE:') + 7;
          inside.onData(direction, bytes, from, end, frame, timeNs, channel.keep(bytes, from, end));
        }
        if (depth === 1) channel.claim('Greeting', `frame ${frame}`);
        channel.claim('Late', '');
      },
      onGap: (direction, length) => this.seen.push(`${depth}:${direction} gap ${length}`),
      onEnd: (direction) => this.seen.push(`${depth}:${direction} end`),
    };
  }
}

describe('TcpConnections', () => {
  it('recognises a stream by its beginning and gives it both directions', () => {
    const bench = new Bench().push(0, 99, '', syn).push(1, 499, '', syn | ack);
    bench
      .push(0, 100, 'HELLO you')
      .push(1, 500, 'hi')
      .push(0, 109, '!', ack | fin)
      .push(1, 502, '', ack | fin);
    expect(bench.seen).toEqual(['0:0 HELLO you', '0:1 hi', '0:0 !', '0:0 end', '0:1 end']);
  });

  it('recognises a beginning that comes byte by byte, out of order', () => {
    const bench = new Bench().push(0, 99, '', syn);
    bench.push(0, 102, 'L').push(0, 101, 'E').push(0, 100, 'H').push(1, 500, 'x').push(0, 103, 'LO');
    expect(bench.seen.join('')).toBe('0:0 H0:0 E0:0 L0:1 x0:0 LO');
  });

  it('notices that the beginning was lost', () => {
    const bench = new Bench().push(0, 99, '', syn).push(0, 105, 'HELLO');
    bench.connections.finish();
    expect(bench.seen).toEqual(['0:0 gap 5', '0:0 HELLO', '0:0 end']);
  });

  it('looks again at later segments of what it gave up', () => {
    const bench = new Bench().push(0, 99, '', syn).push(0, 100, 'nothing known').push(0, 113, 'more of it');
    expect(bench.opened).toBe(0);
    bench.push(0, 123, 'HELLO');
    expect(bench.seen).toEqual(['0:0 HELLO']);
  });

  it('enters a stream whose beginning was not captured', () => {
    const bench = new Bench().push(1, 77, 'HELLO there').push(0, 5, 'yes');
    expect(bench.seen).toEqual(['0:1 HELLO there', '0:0 yes']);
  });

  it('takes a new connection on the same ports for a new one', () => {
    const bench = new Bench().push(0, 99, '', syn).push(0, 100, 'HELLO').push(0, 5000, '', syn).push(0, 5001, 'HELLO');
    expect(bench.opened).toBe(2);
    expect(bench.seen).toEqual(['0:0 HELLO', '0:0 end', '0:0 HELLO']);
  });

  it('leaves what comes after the end of a connection', () => {
    const bench = new Bench().push(0, 99, '', syn).push(0, 100, 'HELLO').push(0, 105, '', rst).push(1, 1, '', rst);
    bench.push(1, 1, 'x', ack | fin).push(0, 100, 'HELLO');
    expect(bench.opened).toBe(1);
  });

  it('recognises what lies inside, and names it by the innermost', () => {
    const bench = new Bench().push(2, 100, 'HELLO INSIDE:HELLO');
    expect(bench.seen).toEqual(['0:0 HELLO INSIDE:HELLO', '1:0 HELLO']);
    expect(bench.connections.verdict(1)).toEqual({ protocol: 'Late over Outer', reason: '' });
  });

  it('gives every byte once or reports it lost, whatever arrives', () => {
    const segment = fc.record({
      flow: fc.nat(3),
      at: fc.nat(60),
      length: fc.nat(12),
      flags: fc.constantFrom(ack, ack, ack, syn, fin | ack, rst),
    });
    const stream = `HELLO${'abcdefghijklmnopqrstuvwxyz'.repeat(3)}`;
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 40 }), (segments) => {
        const bench = new Bench();
        for (const { flow, at, length, flags } of segments) {
          bench.push(flow, 1000 + at, stream.slice(at, at + length), flags);
        }
        bench.connections.finish();
      }),
    );
  });
});
