import type { ColumnDefinition } from '#shared/model/table';
import { type FilterError, type FilterNode, parseFilter } from '#shared/query/filter';
import type { TableRow } from '#shared/query/table-query';

export type RowPredicate = (row: TableRow) => boolean;

export type CompiledFilter =
  | { readonly ok: true; readonly matches: RowPredicate | null }
  | { readonly ok: false; readonly error: FilterError };

/** Compiles the text of a filter against the columns of a table; unknown columns are errors with their place. */
export function compileFilter(text: string, columns: readonly ColumnDefinition[]): CompiledFilter {
  const parsed = parseFilter(text);
  if (!parsed.ok) return parsed;
  if (!parsed.filter) return { ok: true, matches: null };
  try {
    return { ok: true, matches: compile(parsed.filter, columns) };
  } catch (error) {
    if (error instanceof UnknownColumn)
      return { ok: false, error: { message: error.message, position: error.position } };
    throw error;
  }
}

class UnknownColumn extends Error {
  constructor(
    name: string,
    readonly position: number,
  ) {
    super(`There is no column '${name}'.`);
  }
}

function compile(node: FilterNode, columns: readonly ColumnDefinition[]): RowPredicate {
  switch (node.kind) {
    case 'and': {
      const all = node.operands.map((operand) => compile(operand, columns));
      return (row) => all.every((matches) => matches(row));
    }
    case 'or': {
      const any = node.operands.map((operand) => compile(operand, columns));
      return (row) => any.some((matches) => matches(row));
    }
    case 'not': {
      const matches = compile(node.operand, columns);
      return (row) => !matches(row);
    }
    case 'text': {
      const contains = textMatcher(node.value, false);
      const searched = columns.filter(({ isOnlyNamed }) => !isOnlyNamed);
      return (row) => searched.some((column) => contains(textOf(row[column.id])));
    }
    case 'compare':
      return compileComparison(node, columns);
  }
}

function compileComparison(
  node: Extract<FilterNode, { kind: 'compare' }>,
  columns: readonly ColumnDefinition[],
): RowPredicate {
  const name = node.field.toLowerCase();
  const column = columns.find((c) => c.id.toLowerCase() === name || c.aliases?.some((a) => a.toLowerCase() === name));
  if (!column) throw new UnknownColumn(node.field, node.position);
  const { id } = column;
  const matches = compileCell(node, column);
  // Of a list, some element must match; of none of them `!=` says something.
  const isNegative = node.comparison === '!=';
  return (row) => {
    const cell = row[id];
    if (!Array.isArray(cell)) return matches(cell);
    return isNegative ? cell.every(matches) : cell.some(matches);
  };
}

type CellPredicate = (cell: unknown) => boolean;

function compileCell(node: Extract<FilterNode, { kind: 'compare' }>, column: ColumnDefinition): CellPredicate {
  const number = toNumber(node.value);
  switch (node.comparison) {
    case ':': {
      const contains = textMatcher(node.value, column.kind === 'identifier');
      return (cell) => (typeof cell === 'number' && number !== null ? cell === number : contains(textOf(cell)));
    }
    case '=':
    case '!=': {
      const equals = textMatcher(node.value, true);
      const isEqual: CellPredicate = (cell) =>
        typeof cell === 'number' && number !== null ? cell === number : equals(textOf(cell));
      return node.comparison === '=' ? isEqual : (cell) => !isEqual(cell);
    }
    case '<':
      return (cell) => order(cell, number, node.value) < 0;
    case '<=':
      return (cell) => order(cell, number, node.value) <= 0;
    case '>':
      return (cell) => order(cell, number, node.value) > 0;
    case '>=':
      return (cell) => order(cell, number, node.value) >= 0;
  }
}

/** Below, equal or above; NaN (which fails every comparison) when the cell is empty. */
function order(cell: unknown, number: number | null, text: string): number {
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell === 'number') return number === null ? Number.NaN : cell - number;
  return textOf(cell).localeCompare(text);
}

/** Units are allowed after a number: `loss>1%`, `delta>20ms`. */
function toNumber(text: string): number | null {
  const match = /^(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%|ms|s|hz|ppm)?$/i.exec(text);
  if (match) return Number(match[1]);
  return /^0x[0-9a-f]+$/i.test(text) ? Number(text) : null;
}

/** Case does not count; `*` stands for any text, `?` for one character. */
function textMatcher(pattern: string, isWhole: boolean): (text: string) => boolean {
  const lower = pattern.toLowerCase();
  if (!/[*?]/.test(lower)) return isWhole ? (text) => text === lower : (text) => text.includes(lower);
  return (text) => matchesWildcard(text, lower);
}

/** Greedy match with one point to go back to: linear in practice, no regular expression built from user text. */
function matchesWildcard(text: string, pattern: string): boolean {
  let t = 0;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      t += 1;
      p += 1;
    } else if (pattern[p] === '*') {
      star = p;
      resume = t;
      p += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      t = resume;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** What a cell says, for searching: lists are joined, objects give their values. */
function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return cell.toLowerCase();
  if (Array.isArray(cell)) return cell.map(textOf).join(' ');
  if (typeof cell === 'object') return Object.values(cell).map(textOf).join(' ');
  return String(cell).toLowerCase();
}
