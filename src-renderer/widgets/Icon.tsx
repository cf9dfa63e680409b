/** Stroke paths on a 16 x 16 grid, drawn for this project. */
const glyphs = {
  overview: 'M2 4.5h12M2 8h7M2 11.5h10M5 3v3M9 6.5v3M12 10v3',
  call: 'M3.2 2.5 5.6 2l1.5 3.2-1.5 1.2a8 8 0 0 0 4 4l1.2-1.5L14 10.4l-.5 2.4c-.1.6-.7 1-1.3 1A10.6 10.6 0 0 1 2.2 3.8c0-.6.4-1.2 1-1.3Z',
  stream: 'M1.5 8h1.7l1.3-4 2 8 2-10 2 9 1.4-3h2.6',
  conversation: 'M2 5h10l-2.5-2.5M14 11H4l2.5 2.5',
  diagnostic: 'M8 2 14.5 13.5h-13L8 2ZM8 6.5v3.2M8 11.4v.6',
  ladder: 'M3.5 2v12M12.5 2v12M3.5 5h9l-2-1.6M12.5 10h-9l2 1.6',
  chart: 'M2 2v12h12M4 11l3-4 2.5 2L14 4',
  message: 'M2 3h12v8H7l-3 2.5V11H2V3ZM4.5 6h7M4.5 8.2h5',
  packets: 'M2 3.5h12M2 6.5h12M2 9.5h12M2 12.5h12',
  packet: 'M2.5 2.5h11v11h-11zM2.5 6h11M6 9h5M6 11.2h3',
  player: 'M4.5 2.8v10.4L13 8 4.5 2.8Z',
  open: 'M1.5 13V3.5h4.2l1.4 1.7h6.4V7M1.5 13 4 7h11l-2.4 6H1.5Z',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5 6.5 12 13 4.5',
  columns: 'M2 3h12v10H2zM6 3v10M10 3v10',
  download: 'M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11',
  folder: 'M1.5 13V3.5h4.2l1.4 1.7h7.4V13h-13Z',
  filter: 'M2 3h12L9.5 8.5v4.5l-3-1.5v-3L2 3Z',
  note: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8ZM8 7v4.2M8 4.6v.6',
  warning: 'M8 2 14.5 13.5h-13L8 2ZM8 6.5v3.2M8 11.4v.6',
  error: 'M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4l3.6-3.6ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  chevron: 'M6 4l4 4-4 4',
  jobs: 'M2.5 3.5h11v3h-11zM2.5 9.5h11v3h-11zM4.5 5h3M4.5 11h5',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.4 10.4 14 14',
  stop: 'M4 4h8v8H4z',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  video: 'M1.5 4h9v8h-9zM10.5 7l4-2.2v6.4l-4-2.2',
  session: 'M2 3h12v7.5H2zM5.5 13.5h5M8 10.5v3M6.8 5v3.6L9.8 6.8 6.8 5Z',
  object: 'M3.5 2h6l3 3v9h-9zM9.5 2v3h3M5.5 8.5h5M5.5 11h5',
  wave: 'M2 8h1M4.5 5.5v5M7 3v10M9.5 5v6M12 6.5v3M14 8h.5',
} as const;

export type IconName = keyof typeof glyphs;

/** A glyph in the colour of the text around it; decorative unless it gets a `label`. */
export function Icon({ name, size = 16, label }: { name: IconName; size?: number; label?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      focusable="false"
    >
      <path d={glyphs[name]} />
    </svg>
  );
}
