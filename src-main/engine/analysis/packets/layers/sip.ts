import { utf8Text } from '../../../bytes/text';
import { HeaderCursor, indexOfLineFeed, looksLikeSip, skipLineEnds } from '../../../protocols/sip';
import type { LayerDefinition, LayerInput, LayerWriter } from './layer';

/** Characters of a line that are shown. */
const longestValue = 4000;

const startLine = ({ bytes, start, end }: LayerInput): string => {
  const from = skipLineEnds(bytes, start, end);
  const lineFeed = indexOfLineFeed(bytes, from, end);
  return utf8Text(bytes, from, Math.min(lineFeed < 0 ? end : lineFeed, from + longestValue)).trim();
};

/** SIP (RFC 3261, section 7). */
export const sipLayer: LayerDefinition = {
  id: 'sip',
  title: 'Session Initiation Protocol',
  isInside: (_transport, { bytes, start, end }) => looksLikeSip(bytes, start, end),
  info: startLine,
  dissect(input, out) {
    const { bytes, start, end, wireEnd } = input;
    const from = skipLineEnds(bytes, start, end);
    const lineFeed = indexOfLineFeed(bytes, from, end);
    const lineEnd = lineFeed < 0 ? end : lineFeed;
    out.summary = startLine(input);
    out.field('Start Line', from, lineEnd - from, out.summary);
    const cursor = new HeaderCursor(bytes, lineFeed < 0 ? end : lineFeed + 1, end, end < wireEnd);
    while (cursor.next()) {
      const { nameStart, valueEnd } = cursor;
      out.field(cursor.name(), nameStart, valueEnd - nameStart, cursor.value().slice(0, longestValue));
    }
    if (cursor.malformedLines > 0) out.fault(`${cursor.malformedLines} lines are no header fields.`);
    else if (!cursor.isComplete && end === wireEnd) out.fault('The header has no end here.');
    if (cursor.position < end) {
      const length = end - cursor.position;
      out.group('Message Body', cursor.position, length, `${length} bytes`, () => {
        writeLines(out, cursor.position, end);
      });
    }
    return null;
  },
};

/** Lines of a body that a tree shows. */
const mostLines = 300;

function writeLines(out: LayerWriter, start: number, end: number): void {
  let at = start;
  for (let count = 0; at < end && count < mostLines; count += 1) {
    const lineFeed = indexOfLineFeed(out.bytes, at, end);
    const next = lineFeed < 0 ? end : lineFeed + 1;
    const text = utf8Text(out.bytes, at, Math.min(next, at + longestValue)).trim();
    if (text !== '') out.field('Line', at, next - at, text);
    at = next;
  }
}
