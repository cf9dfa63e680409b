import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnDefinition } from '../model/table';
import { completeFilter } from './complete-filter';

const columns: ColumnDefinition[] = [
  { id: 'number', title: 'No.', kind: 'integer', width: 1, aliases: ['no', 'frame'] },
  { id: 'protocol', title: 'Protocol', kind: 'text', width: 1, values: ['RTP', 'RTCP', 'SIP', 'two words'] },
  { id: 'ports', title: 'Ports', kind: 'list', width: 1, aliases: ['port'], description: 'Either port.' },
  { id: 'marker', title: 'Marker', kind: 'flag', width: 1 },
];
const labels = (text: string, caret = text.length): string[] =>
  completeFilter(text, caret, columns).map(({ label }) => label);
const accepted = (text: string, caret = text.length): string => {
  const [first] = completeFilter(text, caret, columns);
  return text.slice(0, first.from) + first.insert + text.slice(first.to);
};

describe('completeFilter', () => {
  it('offers names of columns, by their shortest name, those that begin so first', () => {
    expect(labels('po')).toEqual(['port']);
    expect(labels('o').slice(0, 1)).toEqual(['or']);
    expect(labels('')).toEqual(['no', 'protocol', 'port', 'marker', 'not', 'or']);
    expect(accepted('po')).toBe('port:');
    expect(accepted('not (pro')).toBe('not (protocol:');
  });

  it('keeps the comparison that stands there already', () => {
    expect(accepted('prot:SIP', 4)).toBe('protocol:SIP');
  });

  it('offers the values of the column before the comparison', () => {
    expect(labels('protocol:R')).toEqual(['RTP', 'RTCP', 'two words']);
    expect(labels('protocol!=s')).toEqual(['SIP', 'two words']);
    expect(labels('marker:')).toEqual(['true', 'false']);
    expect(labels('port:50')).toEqual([]);
    expect(labels('nothing:x')).toEqual([]);
    expect(accepted('port:53 protocol=rtc')).toBe('port:53 protocol=RTCP ');
    expect(accepted('protocol:tw')).toBe('protocol:"two words" ');
  });

  it('leaves quotation marks alone', () => {
    expect(labels('"po')).toEqual([]);
    expect(labels('"a\\" po')).toEqual([]);
    expect(labels('"a" po')).toEqual(['port']);
  });

  it('stays inside the text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(40), (text, at) => {
        const caret = Math.min(at, text.length);
        for (const { from, to } of completeFilter(text, caret, columns)) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(from).toBeLessThanOrEqual(caret);
          expect(to).toBeGreaterThanOrEqual(caret);
          expect(to).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});
