/** Longest description in a name, in UTF-16 units: with kind, number and extension it stays below every limit. */
const maxDescription = 60;
/** Names that Windows keeps for devices, whatever their extension. */
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/**
 * A piece of a file name out of text from a capture: letters, digits, `.`, `_`, `@`, `+` and `-` stay, everything
 * else (separators, control characters, what shells and Windows treat specially) becomes `-`. Never empty, never
 * a path, never a device, never hidden.
 */
export function sanitizeName(text: string, maxLength = maxDescription): string {
  const clean = text
    .normalize('NFC')
    .replace(/→|->/g, '-to-')
    .replace(/[^\p{L}\p{N}._@+-]+/gu, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/-{2,}/g, '-');
  const bounded = trimEdges([...trimEdges(clean)].slice(0, maxLength).join('').slice(0, maxLength));
  const stem = bounded.split('.')[0];
  if (bounded === '') return 'unnamed';
  return reserved.test(stem) ? `_${bounded}` : bounded;
}

/** Windows drops dots at the end; a dot in front hides a file, a dash in front looks like an option. */
function trimEdges(text: string): string {
  return text.replace(/^[-.]+|[-.]+$/g, '').replace(/[\ud800-\udbff]$/, '');
}

/** `call-1-alice-to-bob.wav`: `<kind>-<n>-<short description>.<extension>`. */
export function exportName(kind: string, ordinal: number, description: string, extension: string): string {
  return `${sanitizeName(kind, 20)}-${ordinal}-${sanitizeName(description)}.${extension}`;
}

/** The same name with a number: `call-1-x.wav` as second choice is `call-1-x-2.wav`. */
export function alternativeName(name: string, attempt: number): string {
  if (attempt <= 1) return name;
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)}-${attempt}${name.slice(dot)}` : `${name}-${attempt}`;
}
