/** A column of a table of text: its title, what stands in it, and on which side it is aligned. */
export interface TextColumn<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null | undefined;
  readonly align?: 'right';
}

// Control characters could move the cursor or recolour the terminal, bidirectional ones could reorder a line; names
// in a capture come from anybody.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from a capture as a terminal may see it. */
export function printable(text: string): string {
  return text.replace(unprintable, '\u00b7');
}

/** Rows as aligned lines under their titles, every line ended; nothing for no rows. */
export function textTable<Row>(rows: readonly Row[], columns: readonly TextColumn<Row>[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => columns.map(({ value }) => printable(String(value(row) ?? '-'))));
  const lines = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => [...line[index]].length)));
  return lines
    .map((line) => {
      const padded = line.map((cell, index) => {
        const gap = ' '.repeat(widths[index] - [...cell].length);
        return columns[index].align === 'right' ? gap + cell : cell + gap;
      });
      return `${padded.join('  ').trimEnd()}\n`;
    })
    .join('');
}
