import type { PacketField, PacketLayer } from '#shared/model/packet';

/** `00 1b 2c`. */
export function bytesAsHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** UTF-8; what is none becomes replacement characters. */
export function bytesAsText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The whole tree, fields indented below their layers. */
export function layersAsText(layers: readonly PacketLayer[]): string {
  const lines: string[] = [];
  const add = (fields: readonly PacketField[], depth: number): void => {
    for (const { name, value, children } of fields) {
      lines.push(`${'    '.repeat(depth)}${name}: ${value}`.trimEnd());
      add(children, depth + 1);
    }
  };
  for (const { title, summary, diagnostic, fields } of layers) {
    lines.push([title, summary && `, ${summary}`, diagnostic && ` [${diagnostic}]`].filter(Boolean).join(''));
    add(fields, 1);
  }
  return lines.join('\n');
}
