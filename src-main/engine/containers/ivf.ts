/** Header of an IVF file: VP8, VP9 and AV1 frames with their times. Times count in `1 / clockRateHz` seconds. */
export function ivfHeader(
  fourCc: string,
  { width, height, clockRateHz, frames }: { width: number; height: number; clockRateHz: number; frames: number },
): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 4; i += 1) {
    bytes[i] = 'DKIF'.charCodeAt(i);
    bytes[8 + i] = fourCc.charCodeAt(i);
  }
  view.setUint16(6, 32, true);
  view.setUint16(12, width, true);
  view.setUint16(14, height, true);
  view.setUint32(16, clockRateHz, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, frames, true);
  return bytes;
}

export function ivfFrameHeader(length: number, ticks: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  view.setBigUint64(4, BigInt(Math.max(0, Math.round(ticks))), true);
  return bytes;
}
