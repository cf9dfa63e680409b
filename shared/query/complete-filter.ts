import type { ColumnDefinition } from '../model/table';

/** Something a filter can go on with: `insert` takes the place of `text[from..to)`. */
export interface FilterCompletion {
  readonly insert: string;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** What it means, in a few words. */
  readonly detail: string;
}

const mostCompletions = 12;
const keywords = [
  { word: 'not', detail: 'the next term must not hold' },
  { word: 'or', detail: 'one of both must hold' },
];
const flagValues: readonly string[] = ['true', 'false'];

/**
 * What can stand at the caret: names of columns, values of the column before the comparison, `or` and `not`. Those
 * that begin with what is typed come first. Inside quotation marks there is nothing to complete.
 */
export function completeFilter(
  text: string,
  caret: number,
  columns: readonly ColumnDefinition[],
): readonly FilterCompletion[] {
  const before = text.slice(0, caret);
  if (isInQuotes(before)) return [];
  const word = (/[^\s()"]*$/.exec(before) as RegExpExecArray)[0];
  const to = caret + (/^[^\s()":=<>!]*/.exec(text.slice(caret)) as RegExpExecArray)[0].length;
  const comparison = /^([^:=<>!]+)(?:!=|<=|>=|[:=<>])(.*)$/.exec(word);
  const proposals = comparison
    ? values(comparison[1], columns).map((value) => ({ word: value, insert: quoted(value), detail: '' }))
    : [...names(columns, text[to] ?? ''), ...keywords.map((k) => ({ ...k, insert: `${k.word} ` }))];
  const typed = (comparison ? comparison[2] : word).toLowerCase();
  const from = caret - typed.length;
  return proposals
    .map((proposal) => ({ proposal, rank: rankOf(proposal.word, proposal.detail, typed) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, mostCompletions)
    .map(({ proposal: { word: label, insert, detail } }) => ({ insert, from, to, label, detail }));
}

/** The column that a filter means by a name; null when there is none. */
function findColumn(name: string, columns: readonly ColumnDefinition[]): ColumnDefinition | null {
  const wanted = name.toLowerCase();
  const isMeant = (known: string): boolean => known.toLowerCase() === wanted;
  return columns.find(({ id, aliases }) => isMeant(id) || aliases?.some(isMeant)) ?? null;
}

function values(field: string, columns: readonly ColumnDefinition[]): readonly string[] {
  const column = findColumn(field, columns);
  return column?.values ?? (column?.kind === 'flag' ? flagValues : []);
}

/** Every column by its shortest name, with the comparison that suits it best. */
function names(columns: readonly ColumnDefinition[], next: string) {
  const isCompared = /[:=<>!]/.test(next);
  return columns.map(({ id, aliases = [], title, description }) => {
    const word = [...aliases, id].reduce((best, name) => (name.length < best.length ? name : best));
    const detail = description ? `${title}: ${description}` : title;
    return { word, insert: isCompared ? word : `${word}:`, detail };
  });
}

/** 0: begins so; 1: holds it; 2: its meaning does; 3: neither. */
function rankOf(word: string, detail: string, typed: string): number {
  const lower = word.toLowerCase();
  if (lower.startsWith(typed)) return lower === typed && typed !== '' ? 3 : 0;
  if (lower.includes(typed)) return 1;
  return detail.toLowerCase().startsWith(typed) ? 2 : 3;
}

function quoted(value: string): string {
  return /[\s()":=<>!]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}" ` : `${value} `;
}

function isInQuotes(text: string): boolean {
  let isOpen = false;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '\\' && isOpen) i += 1;
    else if (text[i] === '"') isOpen = !isOpen;
  }
  return isOpen;
}
