export interface HexLine {
  readonly offset: string;
  readonly hex: string;
  readonly text: string;
}

const bytesPerLine = 16;

/** Bytes as capture tools print them: offset, sixteen bytes, printable ASCII. */
export function hexDump(bytes: Uint8Array): HexLine[] {
  const lines: HexLine[] = [];
  for (let start = 0; start < bytes.length; start += bytesPerLine) {
    let hex = '';
    let text = '';
    const end = Math.min(bytes.length, start + bytesPerLine);
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      hex += `${byte.toString(16).padStart(2, '0')}${at - start === 7 ? '  ' : ' '}`;
      text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
    }
    lines.push({ offset: start.toString(16).padStart(4, '0'), hex: hex.trimEnd(), text });
  }
  return lines;
}
