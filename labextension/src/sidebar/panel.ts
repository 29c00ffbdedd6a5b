import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { fill, h } from '../core/dom';
import { basename, duration, exactly, moment, short, size } from '../core/format';
import { ICell } from '../core/states';
import { IRow } from '../core/types';
import { VirtualList } from '../core/virtual';
import { IWords } from '../core/words';
import { HistoryModel, Trouble } from '../model/model';

/** What the panel asks others to do. */
export interface IPanelActions {
  /** Show the page of a run. */
  openRun(id: string): void;
  /** Show two runs side by side. */
  compare(old: string, now: string): void;
  /** Bring a cell of the notebook into view. */
  revealCell(id: string): void;
}

const ROW = 46;
/** Milliseconds after the last key in the search box. */
const TYPING = 200;

type Line =
  | { kind: 'cell'; cell: ICell; open: boolean }
  | { kind: 'run'; row: IRow; level: number }
  | { kind: 'note'; text: string };
type View = 'cells' | 'runs';

/** The sidebar: the cells of the notebook with their newest run, and all runs with search and filters. */
export class HistoryPanel extends Widget {
  private _lines: Line[] = [];
  private _view: View = 'cells';
  private _open = new Map<string, IRow[] | null>();
  private _list: VirtualList;
  private _searchBox: HTMLInputElement;
  private _scope: HTMLInputElement;
  private _tabs: Record<View, HTMLButtonElement>;
  private _message = h('div', { class: 'jp-Cashet-message', role: 'status' });
  private _status = h('div', { class: 'jp-Cashet-status', role: 'status' });
  private _body: HTMLElement;
  private _finding: HTMLElement;
  private _typing = 0;
  private _first: IRow | null = null;
  private _asked = new Map<string, string>();
  private _clock = 0;

  constructor(
    readonly model: HistoryModel,
    private _actions: IPanelActions,
    private _words: IWords
  ) {
    super();
    const words = _words;
    this.addClass('jp-Cashet-panel');
    this._list = new VirtualList(
      {
        row: (index, element) => this._draw(index, element),
        open: (index, other) => (other ? this._pick(index) : this._choose(index)),
        key: (index, key) => this._key(index, key),
        near: () => this._near()
      },
      ROW,
      words.__('Cached cells')
    );
    this._searchBox = h('input', {
      class: 'jp-Cashet-search',
      type: 'search',
      placeholder: words.__('Search: text, var:df, tag:a=b, since:7d'),
      'aria-label': words.__('Search runs'),
      spellcheck: 'false',
      oninput: () => this._typed()
    });
    this._scope = h('input', { type: 'checkbox', onchange: () => this._search() });
    this._tabs = { cells: this._tab('cells', words.__('Cells')), runs: this._tab('runs', words.__('Runs')) };
    this._finding = h(
      'div',
      { class: 'jp-Cashet-finding' },
      this._searchBox,
      h('label', { class: 'jp-Cashet-scope' }, this._scope, words.__('Whole store'))
    );
    this._body = h('div', { class: 'jp-Cashet-body', role: 'tabpanel' }, this._list.node);
    this.node.append(
      h(
        'div',
        {
          class: 'jp-Cashet-tabs',
          role: 'tablist',
          'aria-label': words.__('History'),
          onkeydown: (event: KeyboardEvent) => this._tabKey(event)
        },
        this._tabs.cells,
        this._tabs.runs
      ),
      this._finding,
      this._message,
      this._body,
      this._status
    );
    model.changed.connect(() => this._refresh());
    model.ticked.connect(() => this._markActive());
    model.grown.connect(() => this._grow());
    this._show('cells');
  }

  dispose(): void {
    window.clearInterval(this._clock);
    window.clearTimeout(this._typing);
    this._list.dispose();
    super.dispose();
  }

  /** Show the runs that a search finds. */
  find(search: string): void {
    this._searchBox.value = search;
    this._show('runs');
    this._search();
  }

  protected onAfterShow(_: Message): void {
    this.model.setVisible(true);
    this._refresh();
  }

  protected onAfterHide(_: Message): void {
    this.model.setVisible(false);
  }

  protected onAfterAttach(_: Message): void {
    if (this.isVisible) {
      this.model.setVisible(true);
    }
  }

  protected onBeforeDetach(_: Message): void {
    this.model.setVisible(false);
  }

  protected onResize(_: Message): void {
    this._list.redraw();
  }

  protected onActivateRequest(_: Message): void {
    this._list.node.focus();
  }

  private _tab(view: View, text: string): HTMLButtonElement {
    return h('button', { class: 'jp-Cashet-tab', role: 'tab', type: 'button', onclick: () => this._show(view) }, text);
  }

  private _tabKey(event: KeyboardEvent): void {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      this._show(this._view === 'cells' ? 'runs' : 'cells');
      this._tabs[this._view].focus();
      event.preventDefault();
    }
  }

  private _show(view: View): void {
    this._view = view;
    for (const [name, tab] of Object.entries(this._tabs)) {
      tab.setAttribute('aria-selected', String(name === view));
      tab.tabIndex = name === view ? 0 : -1;
    }
    this._body.setAttribute('aria-label', this._tabs[view].textContent ?? '');
    this._finding.hidden = view === 'cells';
    this._refresh();
  }

  private _typed(): void {
    window.clearTimeout(this._typing);
    this._typing = window.setTimeout(() => this._search(), TYPING);
  }

  private _search(): void {
    this.model.setSearch(this._searchBox.value, this._scope.checked);
  }

  private _refresh(): void {
    if (!this.isVisible || this.isDisposed) {
      return;
    }
    this._lines = this._view === 'cells' ? this._cellLines() : this._runLines();
    const trouble = troubleText(this.model.trouble, this._words);
    const empty = this._lines.length === 0;
    fill(this._message, trouble || (empty ? this._emptyText() : ''));
    this._message.hidden = !(trouble || empty);
    this._body.hidden = empty;
    this._list.node.setAttribute(
      'aria-label',
      this._view === 'cells' ? this._words.__('Cells of the notebook') : this._words.__('Runs')
    );
    this._list.update(this._lines.length);
    this._drawStatus();
    this._tick();
  }

  private _grow(): void {
    if (this._view === 'runs' && this._lines.length > 0 && this.isVisible) {
      this._lines = this._runLines();
      this._list.update(this._lines.length, true);
    } else {
      this._refresh();
    }
  }

  private _emptyText(): string {
    if (this.model.trouble === '' && this._view === 'runs') {
      return this.model.search
        ? this._words.__('Nothing was found.')
        : this._words.__('No runs yet: put %%cashet on a cell and run it.');
    }
    return this._words.__('The notebook has no code cells.');
  }

  private _cellLines(): Line[] {
    const lines: Line[] = [];
    const cells = this.model.trouble === 'no notebook' ? [] : this.model.cells();
    for (const cell of cells) {
      const runs = this._open.get(cell.id);
      lines.push({ kind: 'cell', cell, open: runs !== undefined });
      this._renewOpen(cell.id);
      if (runs) {
        lines.push(...runs.map(row => ({ kind: 'run' as const, row, level: 2 })));
        if (!runs.length) {
          lines.push({ kind: 'note', text: this._words.__('No runs are stored.') });
        }
      } else if (runs === null) {
        lines.push({ kind: 'note', text: this._words.__('…') });
      }
    }
    return lines;
  }

  /** Fetch the runs of an open cell again, once for each newest run that there is. */
  private _renewOpen(id: string): void {
    const newest = this.model.newest.get(id)?.id ?? '';
    if (this._open.has(id) && this._asked.get(id) !== newest) {
      this._asked.set(id, newest);
      void this._fill(id);
    }
  }

  private _runLines(): Line[] {
    return this.model.runs.rows.map(row => ({ kind: 'run', row, level: 1 }));
  }

  private _draw(index: number, element: HTMLElement): void {
    const line = this._lines[index];
    if (!line) {
      return fill(element);
    }
    element.className = `jp-Cashet-row jp-mod-${line.kind}`;
    element.classList.toggle('jp-mod-active', index === this._list.active);
    element.removeAttribute('aria-expanded');
    element.removeAttribute('aria-current');
    element.removeAttribute('data-run');
    switch (line.kind) {
      case 'cell':
        return this._drawCell(line.cell, line.open, element);
      case 'run':
        return this._drawRun(line.row, line.level, element);
      case 'note':
        element.setAttribute('aria-level', '2');
        return fill(element, h('div', { class: 'jp-Cashet-second' }, line.text));
    }
  }

  private _drawCell(cell: ICell, open: boolean, element: HTMLElement): void {
    const state = this.model.stateOf(cell);
    const active = this.model.notebook?.content.activeCell?.model.id === cell.id;
    element.setAttribute('aria-level', '1');
    element.setAttribute('aria-expanded', String(open));
    element.setAttribute('aria-label', `${cell.label}: ${state.line}`);
    element.dataset.cell = cell.id;
    element.dataset.mark = state.mark;
    if (active) {
      element.setAttribute('aria-current', 'true');
    }
    fill(
      element,
      h(
        'span',
        { class: 'jp-Cashet-twist', 'aria-hidden': 'true', title: this._words.__('Runs of this cell') },
        open ? '▾' : '▸'
      ),
      h('span', { class: 'jp-Cashet-sign', 'aria-hidden': 'true', title: state.word }, state.sign),
      h(
        'div',
        { class: 'jp-Cashet-lines' },
        h('div', { class: 'jp-Cashet-first', title: cell.label }, cell.label || this._words.__('(empty)')),
        h('div', { class: 'jp-Cashet-second', title: state.line }, state.line)
      )
    );
  }

  private _drawRun(row: IRow, level: number, element: HTMLElement): void {
    const words = this._words;
    element.setAttribute('aria-level', String(level));
    element.dataset.run = row.id;
    element.dataset.mark = row.status;
    delete element.dataset.cell;
    if (row.damaged) {
      element.setAttribute('aria-label', words.__('a run that cannot be read'));
      return fill(
        element,
        h(
          'div',
          { class: 'jp-Cashet-lines' },
          h('div', { class: 'jp-Cashet-second' }, `${short(row.id)} ${row.damaged}`)
        )
      );
    }
    const when = moment(row.created, Date.now() / 1000, words);
    const first = level === 1 ? row.function || row.label : row.label;
    const facts = [when, duration(row.seconds), size(row.size)];
    if (row.hits) {
      facts.push(words._n('%1 hit', '%1 hits', row.hits));
    }
    if (level === 1 && this._scope.checked && row.notebook) {
      facts.push(basename(row.notebook));
    }
    const marks = [
      this._first?.id === row.id ? words.__('compare with …') : '',
      row.pinned ? words.__('pinned') : '',
      row.status === 'failed' ? words.__('failed') : '',
      row.own ? '' : words.__('by someone else')
    ];
    const tags = Object.entries(row.tags).map(([name, value]) => `${name}=${value}`);
    element.setAttribute('aria-label', [first, ...facts, ...marks, ...tags].filter(Boolean).join(', '));
    fill(
      element,
      level === 2 ? h('span', { class: 'jp-Cashet-twist', 'aria-hidden': 'true' }) : null,
      h('span', { class: 'jp-Cashet-sign', 'aria-hidden': 'true' }, row.status === 'failed' ? '✕' : '●'),
      h(
        'div',
        { class: 'jp-Cashet-lines' },
        h('div', { class: 'jp-Cashet-first', title: first }, first || short(row.id)),
        h(
          'div',
          { class: 'jp-Cashet-second', title: exactly(row.created) },
          h('code', {}, short(row.id)),
          ` ${facts.join(' · ')}`,
          ...[...marks.filter(Boolean), ...tags].map(text => h('span', { class: 'jp-Cashet-chip' }, text))
        )
      )
    );
  }

  private _choose(index: number): void {
    const line = this._lines[index];
    if (line?.kind === 'run') {
      this._actions.openRun(line.row.id);
    } else if (line?.kind === 'cell') {
      this._actions.revealCell(line.cell.id);
      this._toggle(line.cell.id, !line.open);
    }
  }

  /** The first of two runs that are to be compared, or the second one. */
  private _pick(index: number): boolean {
    const line = this._lines[index];
    if (line?.kind !== 'run') {
      return false;
    }
    const first = this._first;
    if (first && first.id !== line.row.id) {
      const [old, now] = first.created <= line.row.created ? [first, line.row] : [line.row, first];
      this._actions.compare(old.id, now.id);
    }
    this._first = first ? null : line.row;
    this._refresh();
    return true;
  }

  private _key(index: number, key: string): boolean {
    const line = this._lines[index];
    if (key === 'c') {
      return this._pick(index);
    }
    if (line?.kind === 'cell' && (key === 'ArrowRight' || key === 'ArrowLeft')) {
      this._toggle(line.cell.id, key === 'ArrowRight');
      return true;
    }
    if (key === 'ArrowLeft' && line && line.kind !== 'cell' && this._view === 'cells') {
      const above = this._lines
        .slice(0, index)
        .map(one => one.kind)
        .lastIndexOf('cell');
      this._list.activate(above);
      return true;
    }
    return false;
  }

  private _toggle(id: string, open: boolean): void {
    if (open) {
      this._open.set(id, this._open.get(id) ?? null);
    } else {
      this._open.delete(id);
      this._asked.delete(id);
    }
    this._refresh();
  }

  private async _fill(id: string): Promise<void> {
    let runs: IRow[] = [];
    try {
      runs = await this.model.runsOf(id);
    } catch {
      // the message of the panel says what is wrong
    }
    if (this._open.has(id)) {
      this._open.set(id, runs);
      this._refresh();
    }
  }

  private _near(): void {
    if (this._view === 'runs') {
      void this.model.more();
    }
  }

  private _drawStatus(): void {
    const stats = this.model.stats;
    if (!stats) {
      return fill(this._status);
    }
    const words = this._words;
    const parts = [
      words._n('%1 run', '%1 runs', stats.commits),
      words.__('%1 of %2', size(stats.physical), size(stats.limit)),
      words.__('%1 saved', duration(stats.saved))
    ];
    fill(
      this._status,
      parts.join(' · '),
      ...stats.notices.map(notice => h('div', { class: 'jp-Cashet-notice' }, notice))
    );
  }

  /** While a cell runs its seconds count up; only its line is drawn again. */
  private _tick(): void {
    window.clearInterval(this._clock);
    if (this.model.running) {
      this._clock = window.setInterval(() => this._count(), 1000);
    }
  }

  private _count(): void {
    if (!this.model.running || !this.isVisible) {
      return window.clearInterval(this._clock);
    }
    const cells = new Map(this.model.cells().map(cell => [cell.id, cell]));
    this._lines.forEach((line, index) => {
      if (line.kind === 'cell' && cells.get(line.cell.id)?.started) {
        line.cell = cells.get(line.cell.id)!;
        this._list.touch(index);
      }
    });
  }

  private _markActive(): void {
    if (this._view === 'cells' && this.isVisible) {
      this._list.redraw(true);
    }
  }
}

function troubleText(trouble: Trouble, words: IWords): string {
  if (typeof trouble === 'object') {
    return trouble.text;
  }
  switch (trouble) {
    case 'no notebook':
      return words.__('Open a notebook to see its cells.');
    case 'no server side':
      return words.__(
        'The server side is missing: install cashet-jupyter[lab] where the Jupyter server runs, and start the server again.'
      );
    case 'nothing stored':
      return words.__('Nothing is stored yet: %load_ext cashet_jupyter, then put %%cashet on a slow cell.');
    default:
      return '';
  }
}
