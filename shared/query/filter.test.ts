import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter } from './filter';

const parsed = (text: string) => {
  const result = parseFilter(text);
  if (!result.ok) throw new Error(`${result.error.message} @${result.error.position}`);
  return result.filter;
};
const failed = (text: string) => {
  const result = parseFilter(text);
  return result.ok ? null : result.error;
};

describe('parseFilter', () => {
  it('takes an empty filter for none', () => {
    expect(parsed('   ')).toBeNull();
  });

  it('joins terms that stand side by side', () => {
    expect(parsed('codec:h264 loss>1 from:0906*')).toEqual({
      kind: 'and',
      operands: [
        { kind: 'compare', field: 'codec', comparison: ':', value: 'h264', position: 0 },
        { kind: 'compare', field: 'loss', comparison: '>', value: '1', position: 11 },
        { kind: 'compare', field: 'from', comparison: ':', value: '0906*', position: 18 },
      ],
    });
  });

  it('knows or, not and parentheses', () => {
    expect(parsed('not (a:1 or b:2) c')).toMatchObject({
      kind: 'and',
      operands: [
        { kind: 'not', operand: { kind: 'or' } },
        { kind: 'text', value: 'c' },
      ],
    });
  });

  it('keeps addresses with ports and quoted text whole', () => {
    expect(parsed('src:192.0.2.1:5060')).toMatchObject({ value: '192.0.2.1:5060' });
    expect(parsed('dst=2001:db8::1')).toMatchObject({ value: '2001:db8::1' });
    expect(parsed('from:"A \\"B\\" C"')).toMatchObject({ value: 'A "B" C' });
  });

  it('points at the character that is wrong', () => {
    expect(failed('loss>')).toEqual({ message: "A value is missing after '>'.", position: 5 });
    expect(failed('a:1 (b:2')).toMatchObject({ position: 4 });
    expect(failed('a:1 )')).toMatchObject({ position: 4 });
    expect(failed('from:"x')).toMatchObject({ position: 5 });
    expect(failed('a or')).toMatchObject({ position: 4 });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab:=<>!()" \\*not or'), maxLength: 60 }), (text) => {
        const result = parseFilter(text);
        if (!result.ok) expect(result.error.position).toBeLessThanOrEqual(text.length);
      }),
    );
    expect(failed('('.repeat(5000))).not.toBeNull();
  });
});
