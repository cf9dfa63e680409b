const glyphs = {
  play: 'M4.5 2.8v10.4L13 8 4.5 2.8Z',
  pause: 'M4.5 3v10M11.5 3v10',
  previous: 'M3.5 3v10M12.5 3.2v9.6L6 8l6.5-4.8Z',
  next: 'M12.5 3v10M3.5 3.2v9.6L10 8 3.5 3.2Z',
  stepBack: 'M5.2 3v10M12.5 3.8v8.4L7.4 8l5.1-4.2Z',
  stepForward: 'M10.8 3v10M3.5 3.8v8.4L8.6 8 3.5 3.8Z',
  fullscreen: 'M2.5 6v-3.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  picture: 'M2 3h12v10H2zM2.5 11l3.5-4 2.8 3 1.9-2 2.8 3M10.5 5.5h.01',
  loop: 'M4.5 5h6a3 3 0 0 1 0 6h-5a3 3 0 0 1-3-3M6.8 2.6 4.4 5l2.4 2.4',
  markers: 'M3 13.5v-11M3 3h9l-2.4 2.8L12 8.5H3',
  volume: 'M2.5 6.2v3.6h2.3L8 12.4V3.6L4.8 6.2H2.5ZM10.3 5.6a3.4 3.4 0 0 1 0 4.8M12.2 3.8a6 6 0 0 1 0 8.4',
} as const;

/** A glyph of the player's controls, in the colour of the text around it. */
export function TransportIcon({ name, size = 16 }: { readonly name: keyof typeof glyphs; readonly size?: number }) {
  const isFilled = name === 'play' || name === 'previous' || name === 'next' || name.startsWith('step');
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill={isFilled ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={name === 'pause' ? 2.6 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={glyphs[name]} />
    </svg>
  );
}
