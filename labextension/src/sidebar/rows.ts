import { fill, h } from '../core/dom';
import { basename, duration, exactly, moment, short, size } from '../core/format';
import { ICell, IState } from '../core/states';
import { IRow } from '../core/types';
import { IWords } from '../core/words';

/** Tags that a row has room for. */
const MOST = 4;

/** How a run is told in a list. */
export interface IRunLine {
  level: 1 | 2;
  /** Whether it is the first of two that are to be compared. */
  picked: boolean;
  /** Whether runs of other notebooks are in the list. */
  whole: boolean;
  /** Look for runs with this tag only. */
  onTag(name: string, value: string): void;
}

/** A cell of the notebook and how it stands. */
export function drawCell(
  element: HTMLElement,
  cell: ICell,
  state: IState,
  how: { open: boolean; active: boolean },
  words: IWords
): void {
  element.classList.add('jp-mod-cell');
  element.setAttribute('aria-level', '1');
  element.setAttribute('aria-expanded', String(how.open));
  element.setAttribute('aria-label', `${cell.label || words.__('(empty)')}: ${state.line}`);
  element.dataset.cell = cell.id;
  element.dataset.mark = state.mark;
  if (how.active) {
    element.setAttribute('aria-current', 'true');
  }
  fill(
    element,
    h(
      'span',
      { class: 'jp-Cashet-twist', 'aria-hidden': 'true', title: words.__('Runs of this cell') },
      how.open ? '▾' : '▸'
    ),
    h('span', { class: 'jp-Cashet-sign', 'aria-hidden': 'true', title: state.word }, state.sign),
    h(
      'div',
      { class: 'jp-Cashet-lines' },
      h('div', { class: 'jp-Cashet-first', title: cell.label }, cell.label || words.__('(empty)')),
      h('div', { class: 'jp-Cashet-second', title: state.line }, state.line)
    ),
    state.part === null ? null : bar('jp-Cashet-progress', state.part)
  );
}

/** A run. */
export function drawRun(element: HTMLElement, row: IRow, line: IRunLine, words: IWords): void {
  element.classList.add('jp-mod-run');
  element.setAttribute('aria-level', String(line.level));
  element.dataset.run = row.id;
  element.dataset.mark = row.status;
  if (row.damaged) {
    element.setAttribute('aria-label', words.__('a run that cannot be read'));
    return fill(element, lines(h('code', {}, short(row.id)), `${words.__('cannot be read')}: ${row.damaged}`));
  }
  const first = (line.level === 1 ? row.function || row.label : row.label) || short(row.id);
  const facts = factsOf(row, line, words);
  const marks = marksOf(row, line, words);
  const tags = Object.entries(row.tags);
  element.setAttribute(
    'aria-label',
    [first, ...facts, ...marks, ...tags.map(([name, value]) => `${name}=${value}`)].join(', ')
  );
  fill(
    element,
    line.level === 2 ? h('span', { class: 'jp-Cashet-twist', 'aria-hidden': 'true' }) : null,
    h('span', { class: 'jp-Cashet-sign', 'aria-hidden': 'true' }, row.status === 'failed' ? '✕' : '●'),
    lines(
      h(
        'div',
        { class: 'jp-Cashet-titled' },
        h('span', { title: first }, first),
        ...marks.map(text => h('span', { class: 'jp-Cashet-chip' }, text)),
        ...tags.slice(0, MOST).map(([name, value]) => tag(name, value, line, words))
      ),
      h('code', {}, short(row.id)),
      ` ${facts.join(' · ')}`
    )
  );
  element.querySelector('.jp-Cashet-second')?.setAttribute('title', `${exactly(row.created)}\n${facts.join(' · ')}`);
}

/** A line that is neither a cell nor a run: what is to be said of the one above. */
export function drawNote(element: HTMLElement, text: string): void {
  element.classList.add('jp-mod-note');
  element.setAttribute('aria-level', '2');
  element.setAttribute('aria-label', text);
  fill(element, h('div', { class: 'jp-Cashet-note', title: text }, text));
}

/** A part of something, from 0 to 1; what it means is said in words beside it. */
export function bar(kind: string, part: number): HTMLElement {
  const inner = h('div', {});
  inner.style.width = `${Math.round(part * 1000) / 10}%`;
  return h('div', { class: kind, 'aria-hidden': 'true' }, inner);
}

/** The two lines of text of a row. */
export function lines(first: Node | string, ...second: (Node | string)[]): HTMLElement {
  return h(
    'div',
    { class: 'jp-Cashet-lines' },
    h('div', { class: 'jp-Cashet-first' }, first),
    h('div', { class: 'jp-Cashet-second' }, ...second)
  );
}

function factsOf(row: IRow, line: IRunLine, words: IWords): string[] {
  return [
    moment(row.created, Date.now() / 1000, words),
    duration(row.seconds),
    size(row.size),
    row.hits ? words._n('%1 hit', '%1 hits', row.hits) : '',
    line.level === 1 && line.whole ? basename(row.notebook) : ''
  ].filter(Boolean);
}

function marksOf(row: IRow, line: IRunLine, words: IWords): string[] {
  return [
    line.picked ? words.__('compare with …') : '',
    row.pinned ? words.__('pinned') : '',
    row.status === 'failed' ? words.__('failed') : '',
    row.own ? '' : words.__('by someone else')
  ].filter(Boolean);
}

function tag(name: string, value: string, line: IRunLine, words: IWords): HTMLElement {
  return h(
    'span',
    {
      class: 'jp-Cashet-chip jp-mod-tag',
      title: words.__('Only runs with this tag'),
      onclick: (event: MouseEvent) => {
        event.stopPropagation();
        line.onTag(name, value);
      }
    },
    `${name}=${value}`
  );
}
