const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Decodes base64 (RFC 4648, section 4); what is none is passed over. */
export function decodeBase64(text: string): Uint8Array {
  const decoder = new Base64Decoder();
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i) & 0xff;
  return decoder.decode(bytes, 0, bytes.length);
}

/** Decodes base64 that comes in pieces of any length, several padded ones one after the other as well. */
export class Base64Decoder {
  private bits = 0;
  private count = 0;

  decode(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const out = new Uint8Array(Math.ceil(((end - start + 3) * 3) / 4));
    let length = 0;
    for (let i = start; i < end; i += 1) {
      const value = values[bytes[i]];
      if (value === padding) {
        this.count = 0;
        continue;
      }
      if (value === none) continue;
      this.bits = ((this.bits << 6) | value) & 0xff_ffff;
      this.count += 1;
      if (this.count === 1) continue;
      // The 2nd, 3rd and 4th character each complete a byte.
      out[length] = (this.bits >>> (this.count === 2 ? 4 : this.count === 3 ? 2 : 0)) & 0xff;
      length += 1;
      if (this.count === 4) this.count = 0;
    }
    return out.subarray(0, length);
  }
}

const none = 255;
const padding = 254;
const values = new Uint8Array(256).fill(none);
for (let i = 0; i < alphabet.length; i += 1) values[alphabet.charCodeAt(i)] = i;
values['='.charCodeAt(0)] = padding;

/** Base64 with padding (RFC 4648, section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const left = bytes.length - i;
    text += alphabet[group >>> 18] + alphabet[(group >>> 12) & 63];
    text += left > 1 ? alphabet[(group >>> 6) & 63] : '=';
    text += left > 2 ? alphabet[group & 63] : '=';
  }
  return text;
}
