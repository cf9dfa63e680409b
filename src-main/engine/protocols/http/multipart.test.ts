import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1Text } from '../../bytes/text';
import { MultipartSplitter } from './multipart';
import { bytesOf } from './testing/transcript';

interface Part {
  readonly fields: readonly string[];
  text: string;
  complete: boolean | null;
}

/** Splits pieces of text, or losses of so many bytes. */
function split(sent: readonly (string | number)[], pieceLength: (left: number) => number = (left) => left): Part[] {
  const parts: Part[] = [];
  const last = (): Part => parts[parts.length - 1];
  const splitter = new MultipartSplitter({
    onPart: (fields) =>
      parts.push({ fields: fields.map(({ name, value }) => `${name}: ${value}`), text: '', complete: null }),
    onData: (bytes, start, end) => {
      last().text += latin1Text(bytes, start, end);
    },
    onGap: (length) => {
      last().text += `[${length}]`;
    },
    onPartEnd: (isComplete) => {
      last().complete = isComplete;
    },
  });
  for (const what of sent) {
    if (typeof what === 'number') {
      splitter.gap(what, 1, 1);
      continue;
    }
    const bytes = bytesOf(what);
    for (let at = 0; at < bytes.length; ) {
      const end = at + Math.max(1, Math.min(bytes.length - at, pieceLength(bytes.length - at)));
      splitter.push(bytes, at, end, 1, 1, at);
      at = end;
    }
  }
  splitter.end(false);
  return parts;
}

const withLength = (text: string): string => `--b\r\nContent-Length: ${text.length}\r\n\r\n${text}\r\n`;

describe('MultipartSplitter', () => {
  it('takes parts with lengths, whatever is in them', () => {
    const tricky = 'one\r\n--b\r\nnot a delimiter';
    expect(split([`${withLength(tricky)}${withLength('two')}--b--\r\nepilogue`])).toEqual([
      { fields: [`Content-Length: ${tricky.length}`], text: tricky, complete: true },
      { fields: ['Content-Length: 3'], text: 'two', complete: true },
    ]);
  });

  it('takes parts without lengths up to the next delimiter', () => {
    const body = 'preamble\r\n--b\r\nA: 1\r\n\r\none\r\n-\r\n--\r\n--b\r\n\r\ntwo\n--b \r\n\r\nthree\r\n--b--\r\n';
    expect(split([body]).map(({ text, complete }) => [text, complete])).toEqual([
      ['one\r\n-\r\n--', true],
      ['two', true],
      ['three', true],
    ]);
  });

  it('knows a hole within a part, and finds the next part after a longer one', () => {
    const body = withLength('0123456789') + withLength('abc') + withLength('next');
    const from = body.indexOf('2345');
    expect(split([body.slice(0, from), 4, body.slice(from + 4)]).map(({ text }) => text)).toEqual([
      '01[4]6789',
      'abc',
      'next',
    ]);
    const lost = split([body.slice(0, from), 30, body.slice(from + 30)]);
    expect(lost.map(({ text }) => text)).toEqual(['01[8]', 'next']);
  });

  it('does not stumble over lengths that lie', () => {
    const body = `--b\r\nContent-Length: 2\r\n\r\nlonger than that\r\n${withLength('next')}`;
    expect(split([body]).map(({ text }) => text)).toEqual(['lo', 'next']);
  });

  it('gives the same however the bytes are split, and never throws', () => {
    const word = fc.constantFrom(
      '--b\r\n',
      '\r\n',
      '--b--',
      'Content-Length: 5\r\n\r\n',
      'x',
      '\r',
      '\n',
      '-',
      '--',
      'A: b\r\n',
    );
    const piece = fc.oneof({ weight: 8, arbitrary: word }, { weight: 1, arbitrary: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (sent) => {
        expect(split(sent, () => 1)).toEqual(split(sent));
      }),
      { numRuns: 1000 },
    );
  });
});
