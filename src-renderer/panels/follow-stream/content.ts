import type { FollowItem } from '#shared/model/packet';

/** What one side sent before the other one spoke, or a gap. */
export interface Turn {
  readonly direction: 0 | 1;
  /** Of its first packet. */
  readonly frame: number;
  readonly timeSeconds: number;
  /** Packets that brought it; 0 for a gap. */
  readonly packets: number;
  /** Bytes of a gap are not there. */
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** Puts what one side sent without a pause of its turn together: most protocols send a message in each turn. */
export function turnsOf(items: readonly FollowItem[]): Turn[] {
  const turns: { -readonly [Key in keyof Turn]: Turn[Key] }[] = [];
  for (const item of items) {
    const { direction, frame, timeSeconds } = item;
    const bytes = item.kind === 'gap' ? new Uint8Array(0) : item.bytes;
    const length = item.kind === 'gap' ? item.length : item.bytes.length;
    const last = turns[turns.length - 1];
    if (item.kind === 'data' && last && last.packets > 0 && last.direction === direction) {
      const joined = new Uint8Array(last.length + length);
      joined.set(last.bytes);
      joined.set(bytes, last.length);
      last.bytes = joined;
      last.length += length;
      last.packets += 1;
    } else {
      turns.push({ direction, frame, timeSeconds, packets: item.kind === 'gap' ? 0 : 1, length, bytes });
    }
  }
  return turns;
}

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
