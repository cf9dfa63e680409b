/** A small seeded generator (mulberry32), so that every run makes the same bytes. */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    /** Uniform in [0, 1). */
    next,
    /** Integer in [low, high]. */
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    /** Bell-shaped around 0, within ±1 (mean of four uniform draws). */
    bell: () => (next() + next() + next() + next()) / 2 - 1,
    /** Lower-case hex digits. */
    hex: (length) => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join(''),
    bytes: (length) => Buffer.from(Array.from({ length }, () => Math.floor(next() * 256))),
  };
}
