/** ITU-T G.711 encoders for 16-bit linear samples. */

/** µ-law: bias 132, eight segments, all bits inverted. */
export function encodeUlaw(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32635) + 132;
  const exponent = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

/** A-law: 13-bit magnitude, eight segments, even bits inverted. */
export function encodeAlaw(sample) {
  const isPositive = sample >= 0;
  const magnitude = Math.min(isPositive ? sample : -sample - 1, 32767) >> 4;
  const exponent = magnitude < 16 ? 0 : 28 - Math.clz32(magnitude);
  const mantissa = exponent === 0 ? magnitude & 0x0f : (magnitude >> (exponent - 1)) & 0x0f;
  return ((isPositive ? 0x80 : 0) | (exponent << 4) | mantissa) ^ 0x55;
}

/** Encodes samples in -1..1 with one of the encoders above. */
export function encodeSamples(samples, encode) {
  const bytes = Buffer.alloc(samples.length);
  for (let i = 0; i < samples.length; i++) {
    bytes[i] = encode(Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32767))));
  }
  return bytes;
}
