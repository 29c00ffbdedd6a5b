import { fill, h } from '../core/dom';
import { Key, setFilters } from '../core/filters';
import { IWords } from '../core/words';
import { HistoryModel } from '../model/model';
import { Suggest } from './suggest';

const DAY = /^\d{4}-\d\d-\d\d$/;
const BETWEEN = 'between';

/** The filters of a search as a form: whatever is chosen is written into the search. */
export class Fields {
  readonly node: HTMLElement;
  private _status: HTMLSelectElement;
  private _when: HTMLSelectElement;
  private _from: HTMLInputElement;
  private _to: HTMLInputElement;
  private _between: HTMLElement;
  private _cell: HTMLSelectElement;
  private _variable: HTMLInputElement;
  private _tag: HTMLInputElement;
  private _suggests: Suggest[] = [];

  constructor(
    private _model: HistoryModel,
    private _set: (filters: Partial<Record<Key, string>>) => void,
    private _words: IWords
  ) {
    const words = _words;
    this._status = this._select('status', [
      ['', words.__('Any')],
      ['completed', words.__('Completed')],
      ['failed', words.__('Failed')]
    ]);
    this._when = h('select', { onchange: () => this._onWhen() });
    this._from = h('input', { type: 'date', 'aria-label': words.__('From'), onchange: () => this._onDays() });
    this._to = h('input', { type: 'date', 'aria-label': words.__('To'), onchange: () => this._onDays() });
    this._between = h('div', { class: 'jp-Cashet-between', hidden: true }, this._from, this._to);
    this._cell = this._select('cell', []);
    const [variable, ofVariable] = this._named('variable', 'name', words.__('Names of variables'));
    const [tag, ofTag] = this._named('tag', 'tag', words.__('Tags'));
    [this._variable, this._tag] = [variable, tag];
    this.node = h(
      'div',
      { class: 'jp-Cashet-fields', role: 'group', 'aria-label': words.__('Filters') },
      field(words.__('Status'), this._status),
      field(words.__('When'), this._when),
      this._between,
      field(words.__('Variable'), variable, ofVariable),
      field(words.__('Tag'), tag, ofTag),
      field(words.__('Cell'), this._cell)
    );
  }

  dispose(): void {
    this._suggests.forEach(suggest => suggest.dispose());
  }

  focus(): void {
    this._status.focus();
  }

  /** Show what a search says. */
  refresh(search: string): void {
    const set = setFilters(search);
    this._status.value = (set.get('status') ?? '').toLowerCase().replace(/^ok$/, 'completed');
    this._showWhen(set.get('since') ?? '', set.get('until') ?? '');
    this._showCells(set.get('cell') ?? '');
    for (const [box, key] of [
      [this._variable, 'variable'],
      [this._tag, 'tag']
    ] as const) {
      if (document.activeElement !== box) {
        box.value = set.get(key) ?? '';
      }
    }
  }

  private _showWhen(since: string, until: string): void {
    const words = this._words;
    const choices: [string, string][] = [
      ['', words.__('Any time')],
      ['today', words.__('Today')],
      ['7d', words.__('Last 7 days')],
      ['30d', words.__('Last 30 days')],
      [BETWEEN, words.__('Between …')]
    ];
    const days = DAY.test(since) || DAY.test(until);
    const known = !until && choices.some(([value]) => value === since);
    const typed = [since && `since:${since}`, until && `until:${until}`].filter(Boolean).join(' ');
    const open = days || (this._when.value === BETWEEN && !typed);
    options(this._when, known || open ? choices : [...choices, [typed, typed]]);
    this._when.value = open ? BETWEEN : known ? since : typed;
    this._between.hidden = !open;
    this._from.value = DAY.test(since) ? since : '';
    this._to.value = DAY.test(until) ? until : '';
  }

  private _showCells(cell: string): void {
    const words = this._words;
    const cells = this._model.cells().map(({ id, label }): [string, string] => [id, label || words.__('(empty)')]);
    const other: [string, string][] = cell && !cells.some(([id]) => id === cell) ? [[cell, cell]] : [];
    options(this._cell, [['', words.__('Any')], ...cells, ...other]);
    this._cell.value = cell;
  }

  private _onWhen(): void {
    const value = this._when.value;
    if (value === BETWEEN) {
      this._between.hidden = false;
      this._from.focus();
    } else {
      this._set({ since: value, until: '' });
    }
  }

  private _onDays(): void {
    this._set({ since: this._from.value, until: this._to.value });
  }

  private _select(key: Key, choices: [string, string][]): HTMLSelectElement {
    const made = h('select', { onchange: () => this._set({ [key]: made.value }) });
    options(made, choices);
    return made;
  }

  private _named(key: Key, kind: string, label: string): [HTMLInputElement, HTMLElement] {
    const box = h('input', { type: 'text', placeholder: this._words.__('Any') });
    const take = (value: string) => {
      box.value = value;
      this._set({ [key]: value.trim() });
    };
    const suggest = new Suggest(
      box,
      { offer: text => this._model.api.names(this._model.target, kind, text.trim()), take },
      label
    );
    // After the list's own listener: Enter on one of its lines is not meant for the box.
    box.addEventListener('keydown', event => event.key === 'Enter' && take(box.value));
    box.addEventListener('change', () => take(box.value));
    this._suggests.push(suggest);
    return [box, suggest.node];
  }
}

function field(text: string, control: HTMLElement, below?: HTMLElement): HTMLElement {
  const label = h('label', {}, h('span', {}, text), control);
  return h('div', { class: 'jp-Cashet-field' }, label, below);
}

/** Other choices, unless they are the same: a list that is open must not be made anew under the hand. */
function options(select: HTMLSelectElement, choices: [string, string][]): void {
  const is = JSON.stringify([...select.options].map(option => [option.value, option.text]));
  if (is !== JSON.stringify(choices)) {
    fill(select, ...choices.map(([value, text]) => h('option', { value }, text)));
  }
}
