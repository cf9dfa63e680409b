import type { ColumnDefinition } from '#shared/model/table';
import type { TableRow } from '#shared/query/table-query';
import { rawText } from '../format';
import { cellValue } from './columns';

/** Rows as tab-separated text with a header line, for pasting: tabs and line ends within values become spaces. */
export function toTsv(columns: readonly ColumnDefinition[], rows: readonly TableRow[]): string {
  const clean = (text: string): string => text.replace(/[\t\r\n]+/g, ' ');
  return lines(columns, rows, '\t', '\n', clean);
}

/** Rows as comma-separated text with a header line (RFC 4180). */
export function toCsv(columns: readonly ColumnDefinition[], rows: readonly TableRow[]): string {
  return lines(columns, rows, ',', '\r\n', (text) => {
    const safe = inert(text);
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
}

/** A text of the capture must not become a formula in a spreadsheet; telephone and other numbers stay as they are. */
function inert(text: string): string {
  if (/^[=@\t\r]/.test(text)) return `'${text}`;
  return /^[+-]/.test(text) && !/^[+-][\d.,eE+-]*$/.test(text) ? `'${text}` : text;
}

function lines(
  columns: readonly ColumnDefinition[],
  rows: readonly TableRow[],
  separator: string,
  lineEnd: string,
  write: (text: string) => string,
): string {
  const header = columns.map((column) => write(column.title)).join(separator);
  const body = rows.map((row) => columns.map((column) => write(rawText(cellValue(row, column)))).join(separator));
  return [header, ...body].join(lineEnd) + lineEnd;
}
