import { describe, expect, it } from 'vitest';
import { darkPalette, lightPalette, type Palette, paletteVariables } from './palette';

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['ground', 'surface', 'raised', 'hover', 'selected', 'border', 'gridLine'];

describe.each([
  ['dark', darkPalette],
  ['light', lightPalette],
])('the %s palette', (_name, palette: Palette) => {
  it.each(['ground', 'surface', 'raised', 'hover', 'selected'] as const)('has readable text on %s (AA)', (ground) => {
    expect(contrast(palette.text, palette[ground])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(palette.textDim, palette[ground])).toBeGreaterThanOrEqual(4.5);
  });

  it('has readable data colours on surface (AA)', () => {
    const roles = Object.entries(palette).filter(([role]) => !grounds.includes(role));
    for (const [role, colours] of roles) {
      for (const colour of [colours].flat()) {
        expect(contrast(colour, palette.surface), role).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it('gives every role a variable', () => {
    const variables = paletteVariables(palette);
    expect(variables['--td-text-dim']).toBe(palette.textDim);
    expect(variables['--td-dialog-7']).toBe(palette.dialogs[7]);
    expect(Object.values(variables).every((colour) => /^#[0-9a-f]{6}$/.test(colour))).toBe(true);
  });
});

describe('colour-blind readers', () => {
  /** Viénot, Brettel and Mollon 1999, in linear RGB. */
  const deficiencies = {
    protanopia: [
      [0.11238, 0.88762, 0],
      [0.11238, 0.88762, 0],
      [0.00401, -0.00401, 1],
    ],
    deuteranopia: [
      [0.29275, 0.70725, 0],
      [0.29275, 0.70725, 0],
      [-0.02234, 0.02234, 1],
    ],
  };
  const linear = (hex: string): number[] =>
    [1, 3, 5].map((at) => (Number.parseInt(hex.slice(at, at + 2), 16) / 255) ** 2.2);
  const seen = (hex: string, matrix: number[][]): number[] => {
    const rgb = linear(hex);
    return matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * rgb[i], 0));
  };
  const distance = (a: string, b: string, matrix: number[][]): number =>
    Math.hypot(...seen(a, matrix).map((value, i) => value - seen(b, matrix)[i]));

  it.each(Object.entries(deficiencies))('tell the two sides of a call apart (%s)', (_name, matrix) => {
    for (const { caller, callee } of [darkPalette, lightPalette]) {
      expect(distance(caller, callee, matrix)).toBeGreaterThan(0.25);
    }
  });
});
