import { useComputedColorScheme } from '@mantine/core';

/**
 * Colours by role, for everything that draws. Data colours descend from Okabe and Ito's palette, which people with
 * any common colour blindness can tell apart, lightened or darkened until text in them reaches a contrast of 4.5
 * on `surface`. Never the only sign: roles also differ in shape, position or label.
 *
 * In CSS and SVG use `var(--td-<role>)`, e.g. `var(--td-caller)`, `var(--td-dialog-0)`; on a canvas `usePalette()`.
 */
export interface Palette {
  /** Ground of the window, of panels, of raised things (headers, menus), of the row under the pointer. */
  readonly ground: string;
  readonly surface: string;
  readonly raised: string;
  readonly hover: string;
  /** Selected row while its table has the focus. */
  readonly selected: string;
  readonly border: string;
  readonly gridLine: string;
  readonly text: string;
  readonly textDim: string;
  readonly accent: string;
  readonly playhead: string;
  /** Sound or packets that the caller sent (a to b), and the callee (b to a). */
  readonly caller: string;
  readonly callee: string;
  /** What can happen to a packet, and what a lane can be marked with. */
  readonly lost: string;
  readonly reordered: string;
  readonly duplicate: string;
  readonly restart: string;
  readonly silence: string;
  readonly dtmf: string;
  readonly truncated: string;
  /** Kinds of media. */
  readonly call: string;
  readonly session: string;
  readonly audio: string;
  readonly video: string;
  readonly data: string;
  readonly unknown: string;
  /** Charts. */
  readonly jitter: string;
  readonly delta: string;
  readonly skew: string;
  readonly bitrate: string;
  /** Severities and outcomes. */
  readonly note: string;
  readonly warning: string;
  readonly error: string;
  readonly good: string;
  /** Dialogs of a ladder, used round and round. */
  readonly dialogs: readonly string[];
}

export const darkPalette: Palette = {
  ground: '#14171b',
  surface: '#1a1e23',
  raised: '#22272e',
  hover: '#262c34',
  selected: '#1b3c5c',
  border: '#333a44',
  gridLine: '#2a3038',
  text: '#dde3ea',
  textDim: '#9aa5b1',
  accent: '#56b4e9',
  playhead: '#ffffff',
  caller: '#56b4e9',
  callee: '#e69f00',
  lost: '#ff7a59',
  reordered: '#e8dc4a',
  duplicate: '#e08fbe',
  restart: '#b7a3ff',
  silence: '#8b949e',
  dtmf: '#2fc996',
  truncated: '#ff9db5',
  call: '#8ab4f8',
  session: '#b7a3ff',
  audio: '#56b4e9',
  video: '#2fc996',
  data: '#e08fbe',
  unknown: '#9aa5b1',
  jitter: '#e69f00',
  delta: '#56b4e9',
  skew: '#e08fbe',
  bitrate: '#2fc996',
  note: '#56b4e9',
  warning: '#e8b93c',
  error: '#ff7a59',
  good: '#2fc996',
  dialogs: ['#56b4e9', '#e69f00', '#2fc996', '#e08fbe', '#e8dc4a', '#b7a3ff', '#ff7a59', '#9fd8cb'],
};

export const lightPalette: Palette = {
  ground: '#eceff2',
  surface: '#ffffff',
  raised: '#f4f6f8',
  hover: '#eaf1f8',
  selected: '#cfe4f7',
  border: '#cbd2d9',
  gridLine: '#e3e8ed',
  text: '#1b2127',
  textDim: '#56616c',
  accent: '#0067a8',
  playhead: '#111417',
  caller: '#0067a8',
  callee: '#955300',
  lost: '#bf3008',
  reordered: '#7a6600',
  duplicate: '#a13a75',
  restart: '#6340bf',
  silence: '#68727c',
  dtmf: '#00704f',
  truncated: '#b1274f',
  call: '#2b56b3',
  session: '#6340bf',
  audio: '#0067a8',
  video: '#00704f',
  data: '#a13a75',
  unknown: '#56616c',
  jitter: '#955300',
  delta: '#0067a8',
  skew: '#a13a75',
  bitrate: '#00704f',
  note: '#0067a8',
  warning: '#7d5a00',
  error: '#bf3008',
  good: '#00704f',
  dialogs: ['#0067a8', '#955300', '#00704f', '#a13a75', '#7a6600', '#6340bf', '#bf3008', '#2f6b60'],
};

/** The palette of the colour scheme in use. */
export function usePalette(): Palette {
  return useComputedColorScheme('dark') === 'light' ? lightPalette : darkPalette;
}

/** CSS custom properties of a palette: `--td-text-dim`, `--td-dialog-0`. */
export function paletteVariables(palette: Palette): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [role, colour] of Object.entries(palette) as [string, string | readonly string[]][]) {
    if (typeof colour === 'string') variables[`--td-${kebab(role)}`] = colour;
    else for (const [index, entry] of colour.entries()) variables[`--td-dialog-${index}`] = entry;
  }
  return variables;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
