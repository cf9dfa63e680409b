/** The application's icon: one list of shapes, written as SVG and drawn into PNG, ICO and ICNS by signed distances. */

import { encodePng } from './png.mjs';

const SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
/** ICNS types whose payload is a PNG of that size. */
const ICNS_TYPES = new Map([
  [16, 'icp4'],
  [32, 'icp5'],
  [64, 'icp6'],
  [128, 'ic07'],
  [256, 'ic08'],
  [512, 'ic09'],
]);

const NIGHT_TOP = [30, 45, 61];
const NIGHT_BOTTOM = [13, 20, 29];
const PAPER = [232, 238, 243];
const STEEL = [126, 146, 163];
const NIGHT = [20, 31, 43];
const AMBER = [255, 176, 66];

/** Bars of the waveform that the tape turns into: half heights, left to right. */
const FINE_BARS = [14, 30, 58, 38, 74, 46, 84, 34, 62, 40, 22, 12];
const COARSE_BARS = [26, 66, 44, 84, 52, 24];
const TINY_BARS = [44, 88, 66, 100];

/** Shapes on a canvas of 512, painted in order. Small icons get fewer, thicker bars and less of a reel. */
function shapes(size) {
  const isSmall = size <= 32;
  const isTiny = size <= 16;
  const list = [{ kind: 'box', x: 16, y: 16, size: 480, radius: 108, top: NIGHT_TOP, bottom: NIGHT_BOTTOM }];
  const reel = { x: 256, y: 202 };
  list.push({ kind: 'disc', ...reel, radius: 150, color: PAPER });
  if (!isSmall) list.push({ kind: 'ring', ...reel, radius: 132, width: 5, color: STEEL });
  for (const degrees of isTiny ? [] : [-90, 30, 150]) {
    const angle = (degrees * Math.PI) / 180;
    const distance = 82;
    const hole = { x: round(reel.x + distance * Math.cos(angle)), y: round(reel.y + distance * Math.sin(angle)) };
    list.push({ kind: 'disc', ...hole, radius: isSmall ? 40 : 37, color: NIGHT });
  }
  list.push({ kind: 'disc', ...reel, radius: isTiny ? 52 : 27, color: NIGHT });
  if (!isSmall) list.push({ kind: 'disc', ...reel, radius: 11, color: AMBER });
  const bars = isTiny ? TINY_BARS : isSmall ? COARSE_BARS : FINE_BARS;
  // Tiny bars stand in the middle of pixels.
  const left = isTiny ? 112 : 82;
  const step = (512 - 2 * left) / (bars.length - 1);
  const width = isSmall ? 38 : 18;
  // A dark edge lets the bars stand off the reel.
  for (const [grow, color] of [
    [isSmall ? 26 : 18, NIGHT],
    [0, AMBER],
  ]) {
    bars.forEach((half, index) => {
      const x = round(left + index * step);
      list.push({
        kind: 'bar',
        x,
        y1: round(382 - half * 0.72),
        y2: round(382 + half * 0.72),
        width: width + grow,
        color,
      });
    });
  }
  return list;
}

function round(value) {
  return Math.round(value * 100) / 100;
}

function cssColor([red, green, blue]) {
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

export function iconSvg() {
  const body = shapes(512).map((shape) => {
    switch (shape.kind) {
      case 'box':
        return `<rect x="${shape.x}" y="${shape.y}" width="${shape.size}" height="${shape.size}" rx="${shape.radius}" fill="url(#night)"/>`;
      case 'disc':
        return `<circle cx="${shape.x}" cy="${shape.y}" r="${shape.radius}" fill="${cssColor(shape.color)}"/>`;
      case 'ring':
        return `<circle cx="${shape.x}" cy="${shape.y}" r="${shape.radius}" fill="none" stroke="${cssColor(shape.color)}" stroke-width="${shape.width}"/>`;
      default:
        return `<line x1="${shape.x}" y1="${shape.y1}" x2="${shape.x}" y2="${shape.y2}" stroke="${cssColor(shape.color)}" stroke-width="${shape.width}" stroke-linecap="round"/>`;
    }
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" role="img" aria-label="Tapdeck">
  <defs><linearGradient id="night" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${cssColor(NIGHT_TOP)}"/><stop offset="1" stop-color="${cssColor(NIGHT_BOTTOM)}"/></linearGradient></defs>
  ${body.join('\n  ')}
</svg>
`;
}

/** Distance from a point to the edge of a shape, negative inside. */
function distanceTo(shape, x, y) {
  switch (shape.kind) {
    case 'box': {
      const half = shape.size / 2;
      const dx = Math.abs(x - shape.x - half) - half + shape.radius;
      const dy = Math.abs(y - shape.y - half) - half + shape.radius;
      return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - shape.radius;
    }
    case 'disc':
      return Math.hypot(x - shape.x, y - shape.y) - shape.radius;
    case 'ring':
      return Math.abs(Math.hypot(x - shape.x, y - shape.y) - shape.radius) - shape.width / 2;
    default:
      return Math.hypot(x - shape.x, y - Math.max(shape.y1, Math.min(shape.y2, y))) - shape.width / 2;
  }
}

/** RGBA pixels of the icon, antialiased by coverage: a pixel's share is its distance to the edge. */
export function drawIcon(size) {
  const scale = 512 / size;
  const list = shapes(size);
  const pixels = Buffer.alloc(size * size * 4);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = (column + 0.5) * scale;
      const y = (row + 0.5) * scale;
      let [red, green, blue, alpha] = [0, 0, 0, 0];
      for (const shape of list) {
        const coverage = Math.max(0, Math.min(1, 0.5 - distanceTo(shape, x, y) / scale));
        if (coverage === 0) continue;
        const color =
          shape.kind === 'box' ? shape.top.map((top, i) => top + (shape.bottom[i] - top) * (y / 512)) : shape.color;
        const total = coverage + alpha * (1 - coverage);
        const mix = (own, below) => (own * coverage + below * alpha * (1 - coverage)) / total;
        [red, green, blue, alpha] = [mix(color[0], red), mix(color[1], green), mix(color[2], blue), total];
      }
      pixels.set([red, green, blue, alpha * 255].map(Math.round), (row * size + column) * 4);
    }
  }
  return pixels;
}

/** Windows icon: a directory of PNG images. */
function ico(images) {
  const header = Buffer.alloc(6 + images.length * 16);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(({ size, png }, index) => {
    const entry = 6 + index * 16;
    header[entry] = size % 256;
    header[entry + 1] = size % 256;
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map(({ png }) => png)]);
}

/** Apple icon: typed chunks of PNG images. */
function icns(images) {
  const chunks = images.map(({ size, png }) => {
    const head = Buffer.alloc(8);
    head.write(ICNS_TYPES.get(size), 0, 'latin1');
    head.writeUInt32BE(8 + png.length, 4);
    return Buffer.concat([head, png]);
  });
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'latin1');
  head.writeUInt32BE(8 + chunks.reduce((sum, part) => sum + part.length, 0), 4);
  return Buffer.concat([head, ...chunks]);
}

/** Path from the repository's root -> bytes of every icon file. */
export function buildIcons() {
  const images = SIZES.map((size) => ({ size, png: encodePng(size, size, drawIcon(size)) }));
  const files = new Map([['assets/icon.svg', Buffer.from(iconSvg())]]);
  for (const { size, png } of images) files.set(`assets/icons/${size}x${size}.png`, png);
  files.set('assets/icon.png', images[images.length - 1].png);
  files.set('assets/icon.ico', ico(images.filter(({ size }) => size <= 256)));
  files.set('assets/icon.icns', icns(images.filter(({ size }) => ICNS_TYPES.has(size))));
  return files;
}
