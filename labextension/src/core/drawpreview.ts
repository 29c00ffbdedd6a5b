import { h } from './dom';
import { IArrayPreview, IItemsPreview, ITablePreview, readPreview } from './readpreview';
import { IWords } from './words';

/**
 * A preview as an element; null where there is none. What is not the same in `against` is marked, by place: a cell by
 * its row and the name of its column, an item by its number.
 */
export function drawPreview(given: unknown, words: IWords, against: unknown = undefined): HTMLElement | null {
  const preview = readPreview(given);
  if (!preview) {
    return null;
  }
  const before = readPreview(against);
  const other = before?.kind === preview.kind ? before : null;
  switch (preview.kind) {
    case 'table':
      return drawTable(preview, other as ITablePreview | null, words);
    case 'array':
      return drawArray(preview, other as IArrayPreview | null, words);
    case 'items':
      return drawItems(preview, other as IItemsPreview | null, words);
  }
}

/** Whether both can be compared cell by cell, and hold the same. */
export function samePreview(one: unknown, other: unknown): boolean {
  const [left, right] = [readPreview(one), readPreview(other)];
  return left !== null && right !== null && JSON.stringify(left) === JSON.stringify(right);
}

function drawTable(preview: ITablePreview, other: ITablePreview | null, words: IWords): HTMLElement {
  const places = preview.columns.map(name => (other ? other.columns.indexOf(name) : -1));
  const heads = preview.columns.map((name, column) => {
    const type = preview.types[column] ?? '';
    const differs = other !== null && (places[column] < 0 || (other.types[places[column]] ?? '') !== type);
    return h(
      'th',
      { scope: 'col' },
      marked(name, differs),
      type ? h('span', { class: 'jp-Cashet-dtype' }, type) : null
    );
  });
  const rows = preview.rows.map((row, index) =>
    row.map((cell, column) => {
      const differs = other !== null && other.rows[index]?.[places[column]] !== cell;
      return h('td', {}, marked(cell, differs));
    })
  );
  return held(rows, preview.columns.length ? heads : null, dimensions(preview, words), words);
}

/** `5 of 1,000 rows, 8 of 12 columns`; only what is cut is said as a part. */
function dimensions(preview: ITablePreview, words: IWords): string {
  const [rows, columns] = preview.shape;
  if (rows === undefined || columns === undefined) {
    return '';
  }
  const [shown, across] = [preview.rows.length, preview.columns.length];
  return [
    shown < rows ? words.__('%1 of %2 rows', count(shown), count(rows)) : words._n('%1 row', '%1 rows', rows),
    across < columns
      ? words.__('%1 of %2 columns', count(across), count(columns))
      : words._n('%1 column', '%1 columns', columns)
  ].join(', ');
}

function drawArray(preview: IArrayPreview, other: IArrayPreview | null, words: IWords): HTMLElement {
  const rows = preview.rows.map((row, index) =>
    row.map((cell, column) => h('td', {}, marked(cell, other !== null && other.rows[index]?.[column] !== cell)))
  );
  const shape = preview.shape.map(count).join(' × ');
  const facts = [
    words.__('type %1', preview.dtype),
    preview.shape.length ? words.__('shape %1', shape) : '',
    preview.range.length === 2 ? words.__('from %1 to %2', preview.range[0], preview.range[1]) : ''
  ];
  return held(rows, null, facts.filter(Boolean).join(' · '), words);
}

function held(rows: HTMLElement[][], heads: HTMLElement[] | null, caption: string, words: IWords): HTMLElement {
  const table = h(
    'table',
    {},
    heads ? h('thead', {}, h('tr', {}, ...heads)) : null,
    h('tbody', {}, ...rows.map(cells => h('tr', {}, ...cells)))
  );
  // What can be scrolled sideways has to be reached with the keyboard as well.
  const scrolled = h('div', { tabindex: 0, role: 'group', 'aria-label': words.__('Preview: %1', caption) }, table);
  return h(
    'div',
    { class: 'jp-Cashet-preview' },
    rows.length || heads ? scrolled : null,
    caption ? h('div', { class: 'jp-Cashet-quiet' }, caption) : null
  );
}

function drawItems(preview: IItemsPreview, other: IItemsPreview | null, words: IWords): HTMLElement {
  const items = preview.items.map((item, index) =>
    h('li', {}, marked(item, other !== null && other.items[index] !== item))
  );
  const more = preview.count - preview.items.length;
  return h(
    'div',
    { class: 'jp-Cashet-preview' },
    h('ol', { class: 'jp-Cashet-items' }, ...items),
    more > 0 ? h('div', { class: 'jp-Cashet-quiet' }, words._n('and %1 more', 'and %1 more', more)) : null
  );
}

/** Text that differs is underlined as well as coloured. */
function marked(text: string, differs: boolean): Node {
  return differs ? h('mark', { class: 'jp-Cashet-differs' }, text || ' ') : document.createTextNode(text);
}

function count(value: number): string {
  return value.toLocaleString();
}
