import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core';
import { darkPalette, lightPalette, type Palette, paletteVariables } from '../widgets/palette';

/** From light to dark around the accent of the two palettes. */
const sky: MantineColorsTuple = [
  '#e8f4fd',
  '#cfe4f7',
  '#a9d2f2',
  '#7fc0ee',
  '#56b4e9',
  '#3a9ad4',
  '#1f80bd',
  '#0067a8',
  '#005488',
  '#1f4468',
];

/** Mantine's greys of the dark scheme, in the hue of the palette. */
const dark: MantineColorsTuple = [
  darkPalette.text,
  '#b9c2cc',
  darkPalette.textDim,
  '#6b7682',
  darkPalette.border,
  darkPalette.gridLine,
  darkPalette.raised,
  darkPalette.surface,
  darkPalette.ground,
  '#0e1114',
];

export const theme = createTheme({
  colors: { sky, dark },
  primaryColor: 'sky',
  primaryShade: { light: 7, dark: 4 },
  // Mantine decides by the light scheme what stands on the accent.
  variantColorResolver: (input) => {
    const colours = defaultVariantColorsResolver(input);
    const isAccent = input.variant === 'filled' && (input.color ?? 'sky') === 'sky';
    return isAccent ? { ...colours, color: 'var(--mantine-primary-color-contrast)' } : colours;
  },
  fontFamily: 'Inter, "Segoe UI", "Noto Sans", "DejaVu Sans", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono", "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '1.35', sm: '1.35', md: '1.4', lg: '1.4', xl: '1.4' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '3px', md: '4px', lg: '6px', xl: '8px' },
  defaultRadius: 'sm',
  cursorType: 'default',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: {
      defaultProps: { size: 'xs' },
      vars: (_theme: unknown, { size }: { size?: unknown }) =>
        size === 'xs'
          ? { root: { '--button-height': '26px', '--button-padding-x': '10px', '--button-fz': '13px' } }
          : { root: {} },
    },
    Input: { vars: () => ({ wrapper: { '--input-height': '24px', '--input-fz': '13px' } }) },
    ActionIcon: { defaultProps: { size: 24, variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    SegmentedControl: { vars: () => ({ root: { '--sc-font-size': '12px', '--sc-padding': '1px 8px' } }) },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 80 }, fz: 12 } },
    Popover: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
    Modal: { defaultProps: { transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.5 } } },
    Tabs: { defaultProps: { keepMounted: false } },
  },
});

/** Mantine's own roles take their colours from the palette, so that there is one set of colours. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  // What stands on the accent: dark on the light blue, white on the dark one.
  dark: { ...schemeVariables(darkPalette), '--mantine-primary-color-contrast': darkPalette.ground },
  light: { ...schemeVariables(lightPalette), '--mantine-primary-color-contrast': lightPalette.surface },
});

function schemeVariables(palette: Palette): Record<string, string> {
  return {
    ...paletteVariables(palette),
    '--mantine-color-body': palette.surface,
    '--mantine-color-text': palette.text,
    '--mantine-color-bright': palette.text,
    '--mantine-color-dimmed': palette.textDim,
    '--mantine-color-placeholder': palette.textDim,
    '--mantine-color-anchor': palette.accent,
    '--mantine-color-error': palette.error,
    '--mantine-color-default': palette.raised,
    '--mantine-color-default-hover': palette.hover,
    '--mantine-color-default-border': palette.border,
    '--mantine-color-default-color': palette.text,
  };
}
