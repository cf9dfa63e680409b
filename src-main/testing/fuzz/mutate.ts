/** A number in 0..limit-1. */
export type Random = (limit: number) => number;

/** The same numbers for the same seed, on every machine (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 0x1_0000_0000) * limit);
  };
}

/** Values at the borders of what lengths, counts and times can say. */
const borders = [
  0, 1, 2, 3, 4, 7, 8, 0x0f, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const mutations: readonly Mutation[] = [
  function flipBits(bytes, random) {
    for (let i = 1 + random(8); i > 0; i -= 1) bytes[random(bytes.length)] ^= 1 << random(8);
    return bytes;
  },
  function setBytes(bytes, random) {
    for (let i = 1 + random(8); i > 0; i -= 1) bytes[random(bytes.length)] = random(256);
    return bytes;
  },
  function setBorder(bytes, random) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 1 + random(4); i > 0; i -= 1) {
      const size = [1, 2, 4][random(3)];
      if (bytes.length < size) continue;
      const at = random(bytes.length - size + 1);
      const value = borders[random(borders.length)];
      const isLittle = random(2) === 0;
      if (size === 1) view.setUint8(at, value & 0xff);
      else if (size === 2) view.setUint16(at, value & 0xffff, isLittle);
      else view.setUint32(at, value, isLittle);
    }
    return bytes;
  },
  function cut(bytes, random) {
    return bytes.subarray(0, random(bytes.length));
  },
  function remove(bytes, random) {
    const at = random(bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random(64)));
  },
  function insert(bytes, random) {
    const at = random(bytes.length);
    const noise = Uint8Array.from({ length: 1 + random(64) }, () => random(256));
    return joined(bytes.subarray(0, at), noise, bytes.subarray(at));
  },
  function repeat(bytes, random) {
    const at = random(bytes.length);
    const part = bytes.subarray(at, at + 1 + random(2000));
    return joined(bytes.subarray(0, at), ...Array.from({ length: 1 + random(20) }, () => part), bytes.subarray(at));
  },
  function move(bytes, random) {
    const from = random(bytes.length);
    bytes.copyWithin(random(bytes.length), from, from + 1 + random(500));
    return bytes;
  },
  function splice(bytes, random, others) {
    const other = others[random(others.length)];
    const at = random(bytes.length);
    return joined(bytes.subarray(0, at), other.subarray(random(other.length)));
  },
];

/** Longer inputs only take longer. */
const longest = 512 << 10;

/** A changed copy of a seed: up to eight changes, most of them small. */
export function mutate(seed: Uint8Array, random: Random, others: readonly Uint8Array[]): Uint8Array {
  // Not `slice`: that of a Buffer shares its bytes.
  let bytes: Uint8Array = new Uint8Array(seed);
  for (let i = 1 + random(8); i > 0 && bytes.length > 0; i -= 1) {
    bytes = mutations[random(mutations.length)](bytes, random, others);
  }
  return bytes.slice(0, longest);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
