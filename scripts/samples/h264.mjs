/**
 * H.264 (Rec. ITU-T H.264) written out plainly: every macroblock that changes is I_PCM, its samples as they are, so that
 * a decoder must show exactly them. Baseline profile, CAVLC, one slice a picture, no deblocking.
 */

const MACROBLOCK = 16;
const I_PCM = 25;
/** Macroblock types of P slices begin with five of their own (table 7-13). */
const I_PCM_IN_P = 5 + I_PCM;
const FRAME_NUM_BITS = 4;
const nalTypes = { slice: 1, idr: 5, sps: 7, pps: 8 };

function bitWriter() {
  const bytes = [];
  let bits = 0;
  const writer = {
    u(count, value) {
      for (let i = count - 1; i >= 0; i--) {
        if (bits % 8 === 0) bytes.push(0);
        if ((value >> i) & 1) bytes[bytes.length - 1] |= 0x80 >> (bits % 8);
        bits += 1;
      }
      return writer;
    },
    /** Exponential Golomb code (9.1). */
    ue(value) {
      const length = Math.floor(Math.log2(value + 1));
      return writer.u(length, 0).u(length + 1, value + 1);
    },
    align() {
      while (bits % 8 !== 0) writer.u(1, 0);
      return writer;
    },
    raw(data) {
      for (const byte of data) bytes.push(byte);
      bits += data.length * 8;
      return writer;
    },
    trailing() {
      return writer.u(1, 1).align();
    },
    bytes: () => bytes,
  };
  return writer;
}

/** A NAL unit with its header and emulation prevention (7.4.1). */
function nalUnit(type, { bytes }) {
  const out = [0x60 | type];
  let zeros = 0;
  for (const byte of bytes()) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(out);
}

/** Sequence parameter set (7.3.2.1.1). */
function sequenceParameterSet(columns, rows) {
  const w = bitWriter().u(8, 66).u(8, 0xc0).u(8, 20);
  w.ue(0)
    .ue(FRAME_NUM_BITS - 4)
    .ue(2)
    .ue(1)
    .u(1, 0)
    .ue(columns - 1)
    .ue(rows - 1);
  return nalUnit(nalTypes.sps, w.u(1, 1).u(1, 1).u(1, 0).u(1, 0).trailing());
}

/** Picture parameter set (7.3.2.2), with deblocking control. */
function pictureParameterSet() {
  const w = bitWriter().ue(0).ue(0).u(1, 0).u(1, 0).ue(0).ue(0).ue(0).u(1, 0).u(2, 0);
  return nalUnit(nalTypes.pps, w.ue(0).ue(0).ue(0).u(1, 1).u(1, 0).u(1, 0).trailing());
}

/** A slice of the whole picture: all macroblocks of a key picture, the changed ones of another. */
function slice({ isKey, frameNum, keyNumber, total, macroblocks }) {
  const w = bitWriter()
    .ue(0)
    .ue(isKey ? 7 : 5)
    .ue(0)
    .u(FRAME_NUM_BITS, frameNum);
  if (isKey)
    w.ue(keyNumber % 2)
      .u(1, 0)
      .u(1, 0);
  else w.u(1, 0).u(1, 0).u(1, 0);
  w.ue(0).ue(1);
  let next = 0;
  for (const [index, shade] of macroblocks) {
    if (!isKey) w.ue(index - next);
    w.ue(isKey ? I_PCM : I_PCM_IN_P).align();
    w.raw(new Uint8Array(256).fill(shade)).raw(new Uint8Array(128).fill(128));
    next = index + 1;
  }
  if (!isKey && next < total) w.ue(total - next);
  return nalUnit(isKey ? nalTypes.idr : nalTypes.slice, w.trailing());
}

/**
 * A bright square that walks over a dark ground, one macroblock a picture.
 * @returns pictures in order, each with its NAL units and the macroblock that is bright
 */
export function walkingSquare({ columns, rows, pictures, keyEvery, ground = 50, square = 220 }) {
  const total = columns * rows;
  const out = [];
  for (let n = 0; n < pictures; n++) {
    const isKey = n % keyEvery === 0;
    const here = n % total;
    const before = (n + total - 1) % total;
    const shade = (index) => (index === here ? square : ground);
    const changed = isKey ? Array.from({ length: total }, (_, i) => i) : [before, here].sort((a, b) => a - b);
    const macroblocks = changed.map((index) => [index, shade(index)]);
    const nals = isKey ? [sequenceParameterSet(columns, rows), pictureParameterSet()] : [];
    nals.push(slice({ isKey, frameNum: n % keyEvery, keyNumber: n / keyEvery, total, macroblocks }));
    out.push({ nals, isKey, square: here });
  }
  return { width: columns * MACROBLOCK, height: rows * MACROBLOCK, pictures: out };
}

/** RTP payloads of a picture (RFC 6184): single NAL units, and FU-A for those that are longer than `most` bytes. */
export function h264Payloads(nals, most) {
  return nals.flatMap((nal) => {
    if (nal.length <= most) return [nal];
    const fragments = [];
    for (let at = 1; at < nal.length; at += most - 2) {
      const part = nal.subarray(at, at + most - 2);
      const start = at === 1 ? 0x80 : 0;
      const end = at + part.length === nal.length ? 0x40 : 0;
      fragments.push(Buffer.concat([Buffer.from([(nal[0] & 0x60) | 28, start | end | (nal[0] & 0x1f)]), part]));
    }
    return fragments;
  });
}
