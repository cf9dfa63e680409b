/** Longest parameter set that is believed. */
const maxBytes = 65_536;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Format parameters (`a=b; c=d`) by name in lower case (RFC 4855, section 3). */
export function formatParameters(fmtp: string | undefined): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of (fmtp ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) parameters.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  return parameters;
}

/** NAL units of a list in base64, separated by commas; what is no base64 is left out. */
export function base64Units(list: string | undefined): Uint8Array[] {
  return (list ?? '')
    .split(',')
    .map((text) => base64Bytes(text.trim()))
    .filter((unit) => unit.length > 0);
}

/** Empty when the text is no base64 (RFC 4648, section 4). */
function base64Bytes(text: string): Uint8Array {
  const digits = text.replace(/=+$/, '');
  if (digits.length > maxBytes || !/^[A-Za-z0-9+/]*$/.test(digits)) return new Uint8Array(0);
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const digit of digits) {
    buffer = (buffer << 6) | alphabet.indexOf(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (buffer >> bits) & 0xff;
  }
  return bytes;
}

/** Bytes of hexadecimal digits; empty when they are none. */
export function hexBytes(text: string | undefined): Uint8Array {
  const digits = text ?? '';
  if (digits.length > maxBytes || digits.length % 2 !== 0 || !/^[0-9A-Fa-f]*$/.test(digits)) return new Uint8Array(0);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}
