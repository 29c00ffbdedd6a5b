/** What a value was, as far as its run has kept it: the head of a table, the corner of an array, the first items. */

export interface ITablePreview {
  kind: 'table';
  columns: string[];
  types: string[];
  rows: string[][];
  /** Rows and columns of the whole; empty where it is not known. */
  shape: number[];
}

export interface IArrayPreview {
  kind: 'array';
  dtype: string;
  rows: string[][];
  shape: number[];
  /** The least and the greatest; empty where they are not known. */
  range: string[];
}

export interface IItemsPreview {
  kind: 'items';
  items: string[];
  count: number;
}

export type Preview = ITablePreview | IArrayPreview | IItemsPreview;

/** More than a run keeps; a record by somebody else may hold anything. */
const MOST_ROWS = 40;
const MOST_COLUMNS = 40;
const LONGEST = 400;

/** Read what a record holds; null for what is none of the three, so that it is left out instead of drawn wrongly. */
export function readPreview(given: unknown): Preview | null {
  if (typeof given !== 'object' || given === null) {
    return null;
  }
  const record = given as Record<string, unknown>;
  if (record.kind === 'table' && Array.isArray(record.columns) && Array.isArray(record.rows)) {
    const { columns, types, rows, shape } = record;
    return { kind: 'table', columns: texts(columns), types: texts(types), rows: grid(rows), shape: numbers(shape) };
  }
  if (record.kind === 'array' && Array.isArray(record.rows)) {
    const { dtype, rows, shape, range } = record;
    return { kind: 'array', dtype: text(dtype), rows: grid(rows), shape: numbers(shape), range: texts(range) };
  }
  if (record.kind === 'items' && Array.isArray(record.items)) {
    const items = texts(record.items);
    const count = typeof record.count === 'number' && Number.isFinite(record.count) ? record.count : items.length;
    return { kind: 'items', items, count };
  }
  return null;
}

/** Short, and without line breaks: it is one cell of a table. */
function text(given: unknown): string {
  const whole = typeof given === 'string' ? given : given === null || given === undefined ? '' : plain(given);
  return whole.slice(0, LONGEST).replace(/\s+/g, ' ');
}

function plain(given: unknown): string {
  return typeof given === 'number' || typeof given === 'boolean' ? String(given) : '…';
}

function texts(given: unknown): string[] {
  return Array.isArray(given) ? given.slice(0, MOST_COLUMNS).map(text) : [];
}

/** Rows of cells; an array of one dimension is one row. */
function grid(given: unknown[]): string[][] {
  if (given.length && !given.some(Array.isArray)) {
    return [texts(given)];
  }
  return given.slice(0, MOST_ROWS).map(row => (Array.isArray(row) ? texts(row) : [text(row)]));
}

function numbers(given: unknown): number[] {
  const all = Array.isArray(given) ? given.slice(0, 16) : [];
  return all.every(one => typeof one === 'number' && Number.isFinite(one) && one >= 0) ? (all as number[]) : [];
}
