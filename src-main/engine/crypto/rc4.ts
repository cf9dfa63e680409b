/** RC4 with `key`, the first `skip` bytes of its stream left out: as WEP, TKIP and EAPOL-Key frames use it. */
export function rc4(key: Uint8Array, data: Uint8Array, skip = 0): Uint8Array {
  const state = new Uint8Array(256);
  for (let i = 0; i < 256; i += 1) state[i] = i;
  for (let i = 0, j = 0; i < 256; i += 1) {
    const own = state[i];
    j = (j + own + key[i % key.length]) & 0xff;
    state[i] = state[j];
    state[j] = own;
  }
  const out = new Uint8Array(data.length);
  let i = 0;
  let j = 0;
  for (let n = -skip; n < data.length; n += 1) {
    i = (i + 1) & 0xff;
    const own = state[i];
    j = (j + own) & 0xff;
    state[i] = state[j];
    state[j] = own;
    if (n >= 0) out[n] = data[n] ^ state[(state[i] + own) & 0xff];
  }
  return out;
}
