import { h } from '../core/dom';
import { withFilter } from '../core/filters';
import { IRow } from '../core/types';
import { IWords } from '../core/words';
import { HistoryModel } from '../model/model';
import { Pair } from './pair';
import { drawRun } from './rows';
import { Search } from './search';
import { IViews, ListView } from './view';

/** All runs of the notebook or of the whole store, newest first, with search and filters. */
export class RunsView extends ListView<IRow> {
  readonly node: HTMLElement;
  readonly search: Search;
  private _found = '';

  constructor(
    private _model: HistoryModel,
    private _views: IViews,
    private _pair: Pair,
    private _words: IWords
  ) {
    super(_words.__('Runs'));
    this.search = new Search(_model, _words);
    this.node = h('div', { class: 'jp-Cashet-view' }, this.search.node, this.list.node);
  }

  refresh(): void {
    const { rows, complete } = this._model.runs;
    this.search.refresh();
    if (rows.length === 0 && !complete && this._model.stats) {
      return; // what is looked for now is not known yet: what was found before stays until then
    }
    const asked = `${this._model.whole} ${this._model.search}`;
    if (asked !== this._found) {
      this._found = asked;
      this.lines = []; // other runs: none of them has a place to be kept
      this.list.rewind();
      if (this._model.search) {
        this._tell(rows.length);
      }
    }
    this.list.node.hidden = rows.length === 0;
    this.put(rows);
  }

  /** More runs are there below those that are known. */
  grow(): void {
    this.list.node.hidden = this._model.runs.rows.length === 0;
    this.put(this._model.runs.rows, true);
  }

  dispose(): void {
    this.search.dispose();
    super.dispose();
  }

  protected keyOf(row: IRow): string {
    return row.id;
  }

  protected among(_: IRow, index: number): [number, number] {
    return [index + 1, this._model.runs.complete ? this.lines.length : -1];
  }

  protected draw(row: IRow, element: HTMLElement): void {
    const onTag = (name: string, value: string) =>
      this._views.find(withFilter(this._model.search, 'tag', `${name}=${value}`));
    drawRun(element, row, { level: 1, picked: this._pair.has(row), whole: this._model.whole, onTag }, this._words);
  }

  protected choose(row: IRow, other: boolean): void {
    if (other) {
      this._pick(row);
    } else {
      this._views.openRun(row.id);
    }
  }

  protected key(row: IRow, key: string): boolean {
    if (key === 'c') {
      this._pick(row);
    } else if (key === '/') {
      this.search.focus();
    } else {
      return false;
    }
    return true;
  }

  protected near(): void {
    void this._model.more();
  }

  private _pick(row: IRow): void {
    this._pair.pick(row);
    this._views.refresh();
  }

  private _tell(count: number): void {
    const words = this._words;
    const more = !this._model.runs.complete;
    this._views.say(
      count === 0
        ? words.__('Nothing was found.')
        : more
          ? words.__('%1 found, and more', String(count))
          : words._n('%1 found', '%1 found', count)
    );
  }
}
