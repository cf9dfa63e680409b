/**
 * Lengths of the codes of RFC 7541, appendix B, by symbol; 256 is EOS. The code is canonical: lengths tell it whole.
 */
const symbolsByLength: Readonly<Record<number, string | readonly number[]>> = {
  5: '012aceiost',
  6: ' %-./3456789=A_bdfghlmnpru',
  7: ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz',
  8: '&*,;XZ',
  10: '!"()?',
  11: "'+|",
  12: '#>',
  13: '\0$@[]~',
  14: '^}',
  15: '<`{',
  19: [92, 195, 208],
  20: [128, 130, 131, 162, 184, 194, 224, 226],
  21: [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230],
  22: [
    129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198,
    228, 232, 233,
  ],
  23: [
    1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182,
    183, 188, 191, 197, 231, 239,
  ],
  24: [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237],
  25: [199, 207, 234, 235],
  26: [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255],
  27: [203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254],
  28: [2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249],
  30: [10, 13, 22, 256],
};

const endOfString = 256;
const longestCode = 30;

/** Nodes of the tree, two entries each: a symbol as `-1 - symbol`, or the index of the next node. */
const tree = buildTree();

function buildTree(): Int16Array {
  const nodes = new Int16Array(2 * 257);
  let count = 1;
  let code = 0;
  for (let length = 5; length <= longestCode; length += 1) {
    const symbols = symbolsByLength[length] ?? [];
    const own = typeof symbols === 'string' ? Array.from(symbols, (letter) => letter.charCodeAt(0)) : symbols;
    for (const symbol of own) {
      let node = 0;
      for (let bit = length - 1; bit > 0; bit -= 1) {
        const at = 2 * node + ((code >>> bit) & 1);
        if (nodes[at] === 0) {
          nodes[at] = count;
          count += 1;
        }
        node = nodes[at];
      }
      nodes[2 * node + (code & 1)] = -1 - symbol;
      code += 1;
    }
    code *= 2;
  }
  return nodes;
}

/** Decodes a string (RFC 7541, section 5.2), one byte a character; null when it is none: EOS in it, or wrong padding. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
  // The shortest code has five bits.
  const decoded = new Uint8Array(Math.ceil(((end - start) * 8) / 5));
  let length = 0;
  let node = 0;
  let depth = 0;
  let isOnes = true;
  for (let at = start; at < end; at += 1) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const value = (bytes[at] >>> bit) & 1;
      const next = tree[2 * node + value];
      depth += 1;
      isOnes &&= value === 1;
      if (next > 0) {
        node = next;
        continue;
      }
      const symbol = -1 - next;
      if (next === 0 || symbol === endOfString) return null;
      decoded[length] = symbol;
      length += 1;
      node = 0;
      depth = 0;
      isOnes = true;
    }
  }
  return depth < 8 && isOnes ? decoded.subarray(0, length) : null;
}
