import { describe, expect, it } from 'vitest';
import type { FollowItem } from '#shared/model/packet';
import { ethernet, ipv4, tcp, udp } from '../../net/testing/packet-builder';
import { analysed } from './testing/analysed';

const text = (content: string): Uint8Array => Uint8Array.from(Buffer.from(content));
const a = { source: '192.0.2.1', destination: '192.0.2.2' };
const b = { source: '192.0.2.2', destination: '192.0.2.1' };
const fromA = (content: string, sequence: number, acknowledgment = 500, flags = 0x18): Uint8Array =>
  ethernet(0x0800, ipv4(6, tcp(4000, 80, text(content), { sequence, acknowledgment, flags }), a));
const fromB = (content: string, sequence: number, acknowledgment = 100, flags = 0x18): Uint8Array =>
  ethernet(0x0800, ipv4(6, tcp(80, 4000, text(content), { sequence, acknowledgment, flags }), b));

function followed(
  frames: readonly Uint8Array[],
  id: string,
  limits: { from?: number; items?: number; bytes?: number } = {},
) {
  const { frameTable } = analysed(frames);
  while (frameTable.follow(id, () => true));
  const page = frameTable.followPage(id, limits.from ?? 0, limits.items ?? 100, limits.bytes ?? 1e6);
  if (!page) throw new Error('nothing to follow');
  return page;
}

const shown = (items: readonly FollowItem[]): string[] =>
  items.map((item) => {
    const arrow = item.direction === 0 ? '>' : '<';
    return `${item.frame} ${arrow} ${item.kind === 'gap' ? `[${item.length}]` : Buffer.from(item.bytes).toString()}`;
  });

describe('following a conversation', () => {
  it('puts TCP in order, both ways, repeated bytes once', () => {
    const page = followed(
      [
        fromA('', 99, 0, 2),
        fromB('', 499, 100, 0x12),
        fromA('GET /', 100),
        fromA('there', 111),
        // Begins with a byte that was there already.
        fromA('/hello ', 104),
        fromB('200', 500, 116),
        fromA('GET /', 100),
        fromB(' OK', 503, 116),
      ],
      'tcp-0',
    );
    expect(shown(page.items)).toEqual(['3 > GET /', '5 > hello ', '4 > there', '6 < 200', '8 <  OK']);
    expect(page).toMatchObject({
      transport: 'tcp',
      endpointA: '192.0.2.1:4000',
      endpointB: '192.0.2.2:80',
      bytesAToB: 16,
      bytesBToA: 6,
      lostAToB: 0,
      isPending: false,
      isCut: false,
    });
  });

  it('says where bytes are missing, and goes on behind them', () => {
    const page = followed([fromA('one', 100), fromA('three', 108), fromB('x', 500, 113)], 'tcp-0');
    expect(shown(page.items)).toEqual(['1 > one', '3 < x', '2 > [5]', '2 > three']);
    expect(page.lostAToB).toBe(5);
  });

  it('follows sequence numbers over their end, and a second connection on the same ports', () => {
    const page = followed(
      [
        fromA('', 0xffff_fffd, 0, 2),
        fromA('abcd', 0xffff_fffe),
        fromA('ef', 2),
        fromA('', 7000, 0, 2),
        fromA('new', 7001),
      ],
      'tcp-0',
    );
    expect(shown(page.items)).toEqual(['2 > abcd', '3 > ef', '5 > new']);
  });

  it('shows UDP datagram by datagram', () => {
    const datagram = (content: string, way: typeof a, ports: readonly [number, number]): Uint8Array =>
      ethernet(0x0800, ipv4(17, udp(ports[0], ports[1], text(content)), way));
    const page = followed(
      [datagram('ping', a, [9, 7]), datagram('other', a, [8, 7]), datagram('pong', b, [7, 9]), datagram('', a, [9, 7])],
      'udp-0',
    );
    expect(shown(page.items)).toEqual(['1 > ping', '3 < pong', '4 > ']);
    expect(page).toMatchObject({ transport: 'udp', bytesAToB: 4, bytesBToA: 4 });
  });

  it('gives pages by pieces and by bytes, at least one piece each', () => {
    const frames = Array.from({ length: 10 }, (_, i) => fromA('0123456789', 100 + 10 * i));
    const page = (from: number, items: number, bytes: number) =>
      shown(followed(frames, 'tcp-0', { from, items, bytes }).items);
    expect(page(0, 3, 1e6)).toHaveLength(3);
    expect(page(0, 100, 25)).toHaveLength(2);
    expect(page(9, 100, 25)).toEqual(['10 > 0123456789']);
    expect(page(5, 100, 4)).toEqual(['6 > 0123']);
    expect(page(10, 100, 25)).toEqual([]);
  });

  it('knows no conversation that is not there', () => {
    const { frameTable } = analysed([fromA('x', 1)]);
    for (const id of ['tcp-1', 'udp-0', 'sctp-0', 'x', 'tcp--1']) {
      expect(frameTable.follow(id, () => false)).toBeNull();
    }
  });
});
