/** Bytes as text: UTF-8 where they are, with dots for what cannot be seen. */
export function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
  let shown = '';
  for (const character of text) shown += isControl(character.charCodeAt(0)) ? '·' : character;
  return shown.endsWith('\n') ? shown.slice(0, -1) : shown;
}

/** Everything below space but tab and line feed, DEL, the C1 set, and what was no UTF-8. */
function isControl(code: number): boolean {
  return (code < 0x20 && code !== 0x09 && code !== 0x0a) || (code >= 0x7f && code < 0xa0) || code === 0xfffd;
}

const perLine = 16;

/** Offset, sixteen bytes, printable ASCII. */
export function hexLines(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += perLine) {
    const line = bytes.subarray(start, start + perLine);
    const hex = Array.from(line, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = Array.from(line, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${start.toString(16).padStart(4, '0')}  ${hex.padEnd(3 * perLine)} ${text}`);
  }
  return lines.join('\n');
}
