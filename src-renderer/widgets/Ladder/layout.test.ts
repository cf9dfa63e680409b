import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ladder, LadderItem } from '#shared/model/call';
import {
  gutterWidth,
  layoutLadder,
  lineY,
  type PlacedText,
  placeRowTexts,
  rowAtTime,
  rowHeight,
  rowsBetween,
  timeToY,
  totalWidth,
} from './layout';
import { elide, estimateTextWidth } from './text';

function message(timeSeconds: number, overrides: Partial<Extract<LadderItem, { kind: 'message' }>> = {}): LadderItem {
  return {
    kind: 'message',
    id: `m${timeSeconds}`,
    frame: 1,
    timeSeconds,
    fromHost: 0,
    toHost: 1,
    fromPort: 5060,
    toPort: 5060,
    label: 'INVITE',
    detail: 'SDP audio PCMU/8000, telephone-event/8000',
    dialog: 0,
    isRetransmission: false,
    ...overrides,
  };
}

function media(timeSeconds: number, endSeconds: number, fromHost: number, toHost: number): LadderItem {
  return {
    kind: 'media',
    id: `s${timeSeconds}-${fromHost}`,
    streamId: `stream-${timeSeconds}-${fromHost}`,
    frame: 9,
    timeSeconds,
    endSeconds,
    fromHost,
    toHost,
    fromPort: 20000,
    toPort: 30000,
    label: 'RTP PCMU',
    detail: '600 packets, 0.2 % lost',
  };
}

function ladder(hosts: number, items: readonly LadderItem[]): Ladder {
  return {
    callId: 'call',
    hosts: Array.from({ length: hosts }, (_, i) => ({ address: `192.168.100.${i + 1}`, label: `host ${i + 1}` })),
    dialogs: [{ callId: 'a@b' }],
    items,
  };
}

const layOut = (hosts: number, items: readonly LadderItem[], width: number) =>
  layoutLadder(ladder(hosts, items), width, estimateTextWidth);

describe('columns', () => {
  it.each([420, 700, 1200])('share the plot evenly at %d px and keep their names apart', (width) => {
    const layout = layOut(2, [message(0)], width);
    expect(totalWidth(layout)).toBeCloseTo(width, 0);
    expect(layout.columns.map((column) => column.host)).toEqual([0, 1]);
    expect(layout.columns[1].x - layout.columns[0].x).toBeCloseTo(layout.pitch, -1);
    for (const column of layout.columns) {
      expect(estimateTextWidth(column.name, 'host')).toBeLessThanOrEqual(layout.pitch - 12);
    }
  });

  it('scroll sideways rather than squeeze when there are many', () => {
    const layout = layOut(9, [message(0)], 420);
    expect(totalWidth(layout)).toBeGreaterThan(420);
    expect(layout.pitch).toBeGreaterThanOrEqual(132);
    expect(layout.commentX).toBeNull();
  });

  it('shorten a long address in the middle, where it tells least', () => {
    const long: Ladder = {
      ...ladder(2, []),
      hosts: [
        { address: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001', label: '' },
        { address: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:0002', label: '' },
      ],
    };
    const layout = layoutLadder(long, 420, estimateTextWidth);
    expect(layout.columns[0].name).toMatch(/^2001:.*….*0001$/);
    expect(layout.columns[0].fullName).toBe(long.hosts[0].address);
  });

  it('leave a comment column only where there is room', () => {
    expect(layOut(2, [message(0)], 420).commentX).toBeNull();
    const wide = layOut(2, [message(0)], 1200);
    expect(wide.commentX).toBe(wide.plotWidth);
    expect(placeRowTexts(wide, 0, estimateTextWidth).comment?.text).toContain('telephone-event');
  });
});

describe('texts of a row', () => {
  const hostCount = 4;
  const anyItem = fc.record({
    isMedia: fc.boolean(),
    fromHost: fc.nat(hostCount - 1),
    toHost: fc.nat(hostCount - 1),
    fromPort: fc.integer({ min: 1, max: 65535 }),
    toPort: fc.integer({ min: 1, max: 65535 }),
    label: fc.string({ minLength: 1, maxLength: 60 }),
    detail: fc.string({ maxLength: 120 }),
    isRetransmission: fc.boolean(),
  });

  it('never touch each other and never leave the plot', () => {
    fc.assert(
      fc.property(
        fc.array(anyItem, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(300, 420, 640, 900, 1200),
        fc.integer({ min: 1, max: hostCount }),
        (drafts, width, hosts) => {
          const items = drafts.map(({ isMedia, fromHost, toHost, isRetransmission, ...rest }, index): LadderItem => {
            const ends = { fromHost: fromHost % hosts, toHost: toHost % hosts };
            return isMedia
              ? { ...media(index, index + 5, ends.fromHost, ends.toHost), ...rest }
              : message(index, { ...rest, ...ends, isRetransmission });
          });
          const layout = layOut(hosts, items, width);
          for (let row = 0; row < items.length; row++) {
            const texts = placeRowTexts(layout, row, estimateTextWidth);
            const ports = [texts.fromPort, texts.toPort];
            const above = [texts.label, texts.badge, ...(texts.portsAbove ? ports : [])];
            const below = [texts.detail, ...(texts.portsAbove ? [] : ports)];
            expectApart(above, layout.plotWidth);
            expectApart(below, layout.plotWidth);
            if (texts.comment && layout.commentX !== null) {
              expect(texts.comment.x).toBeGreaterThanOrEqual(layout.commentX);
              expect(texts.comment.x + texts.comment.width).toBeLessThanOrEqual(
                layout.plotWidth + layout.commentWidth + 0.01,
              );
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('marks a retransmission', () => {
    const layout = layOut(2, [message(0), message(0.5, { isRetransmission: true })], 900);
    expect(placeRowTexts(layout, 0, estimateTextWidth).badge).toBeNull();
    expect(placeRowTexts(layout, 1, estimateTextWidth).badge?.text).toBe('retransmission');
  });

  it('shows a port when it changes, and always for media', () => {
    const items = [message(0), message(1, { fromHost: 1, toHost: 0 }), media(2, 3, 0, 1), message(4)];
    const layout = layOut(2, items, 900);
    const ports = items.map((_, row) => {
      const { fromPort, toPort } = placeRowTexts(layout, row, estimateTextWidth);
      return [fromPort?.text, toPort?.text];
    });
    expect(ports).toEqual([
      ['5060', '5060'],
      [undefined, undefined],
      ['20000', '30000'],
      ['5060', '5060'],
    ]);
  });

  it('keeps what media says readable in a narrow panel', () => {
    const layout = layOut(2, [media(0, 1, 0, 1)], 420);
    expect(placeRowTexts(layout, 0, estimateTextWidth).detail?.text).toBe('600 packets, 0.2 % lost');
  });
});

function expectApart(texts: readonly (PlacedText | null)[], plotWidth: number): void {
  const placed = texts.filter((text) => text !== null).sort((a, b) => a.x - b.x);
  for (const [index, text] of placed.entries()) {
    expect(text.x).toBeGreaterThanOrEqual(0);
    expect(text.x + text.width).toBeLessThanOrEqual(plotWidth + 0.01);
    if (index > 0) expect(text.x).toBeGreaterThanOrEqual(placed[index - 1].x + placed[index - 1].width);
  }
}

describe('time on the ladder', () => {
  const items = [message(1), message(2), media(4, 10, 0, 1), message(12)];
  const layout = layOut(2, items, 700);

  it('meets each arrow at its time and moves evenly in between', () => {
    for (const [row, item] of items.entries()) expect(timeToY(layout, item.timeSeconds)).toBe(lineY(row));
    expect(timeToY(layout, 3)).toBe(lineY(1) + rowHeight / 2);
    expect(timeToY(layout, 0)).toBe(0);
  });

  it('never goes backwards and stays inside', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 20, noNaN: true }), fc.double({ min: 0, max: 20, noNaN: true }), (a, b) => {
        const [early, late] = a <= b ? [a, b] : [b, a];
        expect(timeToY(layout, early)).toBeLessThanOrEqual(timeToY(layout, late));
        expect(timeToY(layout, late)).toBeLessThan(layout.bodyHeight);
      }),
    );
  });

  it('draws a strip from the bar to the end of its stream', () => {
    expect(layout.strips).toHaveLength(1);
    expect(layout.strips[0]).toMatchObject({ top: lineY(2), bottom: lineY(2) + (6 / 8) * rowHeight });
  });

  it('puts streams that run at once side by side', () => {
    const both = layOut(2, [media(0, 10, 0, 1), media(0.1, 10, 1, 0), media(0.2, 10, 0, 1)], 700);
    const xs = both.strips.map((strip) => strip.x);
    expect(new Set(xs).size).toBe(3);
  });

  it('finds the item before a time', () => {
    expect(rowAtTime(items, 0.5)).toBe(-1);
    expect(rowAtTime(items, 2)).toBe(1);
    expect(rowAtTime(items, 99)).toBe(3);
  });
});

describe('window of rows', () => {
  it('covers what is seen and no more', () => {
    const layout = layOut(
      2,
      Array.from({ length: 10_000 }, (_, index) => message(index)),
      700,
    );
    expect(rowsBetween(layout, 0, 3 * rowHeight)).toEqual([0, 3]);
    expect(rowsBetween(layout, 99.5 * rowHeight, 101.5 * rowHeight)).toEqual([99, 102]);
    expect(rowsBetween(layout, 1e9, 1e9 + 500)).toEqual([10_000, 10_000]);
    expect(rowsBetween(layOut(2, [], 700), 0, 500)).toEqual([0, 0]);
  });
});

describe('elide', () => {
  it('fits the width or is empty', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 0, max: 400 }), (text, width) => {
        for (const place of ['end', 'middle'] as const) {
          const short = elide(text, width, 'label', estimateTextWidth, place);
          expect(estimateTextWidth(short, 'label')).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});

it('leaves the times their own column', () => {
  expect(gutterWidth).toBeGreaterThan(estimateTextWidth('12345.123456', 'time'));
});
