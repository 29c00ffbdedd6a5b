import { completed, kindOf, known, typed, unfinished } from '../core/complete';
import { fill, h } from '../core/dom';
import { Key, setFilters, withFilter, written } from '../core/filters';
import { IWords } from '../core/words';
import { HistoryModel } from '../model/model';
import { Fields } from './fields';
import { Suggest } from './suggest';

/** Milliseconds after the last key in the search box. */
const TYPING = 200;

/** What is looked for: a text with filters in it, which can be typed, completed, chosen in a form, and clicked away. */
export class Search {
  readonly node: HTMLElement;
  private _box: HTMLInputElement;
  private _scope: HTMLInputElement;
  private _button: HTMLButtonElement;
  private _chips: HTMLElement;
  private _fields: Fields;
  private _suggest: Suggest;
  private _typing = 0;
  private _sent = '';
  private _drawn: string | null = null;

  constructor(
    private _model: HistoryModel,
    private _words: IWords
  ) {
    const words = _words;
    this._box = h('input', {
      class: 'jp-Cashet-search',
      type: 'search',
      placeholder: words.__('Search: text, var:df, tag:a=b, since:7d'),
      'aria-label': words.__('Search runs'),
      oninput: () => this._typed()
    });
    this._suggest = new Suggest(
      this._box,
      { offer: (text, caret) => this._offer(text, caret), take: choice => this._take(choice) },
      words.__('What can be searched for')
    );
    this._box.addEventListener('keydown', event => event.key === 'Enter' && this._send());
    this._box.addEventListener('change', () => this._send());
    this._scope = h('input', { type: 'checkbox', onchange: () => this._send() });
    this._fields = new Fields(_model, filters => this._narrow(filters), words);
    this._fields.node.id = `cashet-fields-${++made}`;
    this._fields.node.hidden = true;
    this._button = h('button', {
      class: 'jp-Cashet-button jp-mod-filters',
      type: 'button',
      'aria-expanded': 'false',
      'aria-controls': this._fields.node.id,
      onclick: () => this._unfold()
    });
    this._chips = h('ul', { class: 'jp-Cashet-chips', 'aria-label': words.__('Filters that are set') });
    this.node = h(
      'div',
      { class: 'jp-Cashet-finding', role: 'search' },
      h('div', { class: 'jp-Cashet-box' }, this._box, this._suggest.node),
      h(
        'div',
        { class: 'jp-Cashet-scopes' },
        h('label', { class: 'jp-Cashet-scope' }, this._scope, words.__('Whole store')),
        this._button
      ),
      this._fields.node,
      this._chips
    );
    this.refresh();
  }

  dispose(): void {
    window.clearTimeout(this._typing);
    this._suggest.dispose();
    this._fields.dispose();
  }

  focus(): void {
    this._box.focus();
    this._box.select();
  }

  /** Look for something else. */
  find(search: string, whole: boolean): void {
    this._box.value = search;
    this._scope.checked = whole;
    this._suggest.close();
    this._send();
  }

  /** Show what is looked for; it may have been set elsewhere. */
  refresh(): void {
    if (this._model.search !== this._sent) {
      this._sent = this._box.value = this._model.search;
    }
    this._scope.checked = this._model.whole;
    this._draw();
  }

  private _draw(): void {
    const words = this._words;
    const set = setFilters(this._box.value);
    const chips = [...set].map(([key, value]) => h('li', {}, this._chip(key, value)));
    if (!this._fields.node.hidden) {
      this._fields.refresh(this._box.value);
    }
    // Pressing the mouse on a chip takes the focus from the box, which draws: a chip that was replaced is never clicked.
    const drawn = chips.map(one => one.textContent).join('\n');
    if (drawn === this._drawn) {
      return;
    }
    this._drawn = drawn;
    fill(
      this._button,
      words.__('Filters'),
      set.size ? h('span', { class: 'jp-Cashet-count' }, String(set.size)) : null
    );
    fill(
      this._chips,
      ...chips,
      set.size > 1
        ? h(
            'li',
            {},
            chip(words.__('Clear all'), words.__('Take all filters away'), () => this._clear())
          )
        : null
    );
    this._chips.hidden = set.size === 0;
  }

  private _chip(key: Key, value: string): HTMLElement {
    const label = key === 'cell' ? this._model.cells().find(cell => cell.id === value)?.label : undefined;
    const text = `${written(key)}: ${label || value}`;
    return chip(`${text} ×`, this._words.__('Take the filter away: %1', text), () => {
      this._narrow({ [key]: '' });
      this._box.focus();
    });
  }

  private _clear(): void {
    this._narrow(Object.fromEntries([...setFilters(this._box.value).keys()].map(key => [key, ''])));
    this._box.focus();
  }

  private _unfold(): void {
    const { node } = this._fields;
    node.hidden = !node.hidden;
    this._button.setAttribute('aria-expanded', String(!node.hidden));
    this._draw();
  }

  private _narrow(filters: Partial<Record<Key, string>>): void {
    let search = this._box.value;
    for (const [key, value] of Object.entries(filters)) {
      search = withFilter(search, key as Key, value);
    }
    this._box.value = search;
    this._send();
  }

  private _typed(): void {
    window.clearTimeout(this._typing);
    this._draw();
    const text = this._box.value;
    if (!unfinished(text, typed(text, this._box.selectionStart ?? text.length))) {
      this._typing = window.setTimeout(() => this._send(), TYPING);
    }
  }

  private _send(): void {
    window.clearTimeout(this._typing);
    this._sent = this._box.value;
    this._draw();
    this._model.setSearch(this._box.value, this._scope.checked);
  }

  private async _offer(text: string, caret: number): Promise<string[]> {
    const word = typed(text, caret);
    if (!word.key && !word.prefix && text.trim()) {
      return []; // between two words nothing is wanted yet
    }
    const kind = kindOf(word);
    const names = kind ? await this._model.api.names(this._model.target, kind, word.prefix) : known(word);
    return names.filter(name => name !== word.prefix);
  }

  private _take(choice: string): void {
    const box = this._box;
    const word = typed(box.value, box.selectionStart ?? box.value.length);
    const done = completed(box.value, word, choice);
    box.value = done.search;
    box.setSelectionRange(done.caret, done.caret);
    box.dispatchEvent(new Event('input')); // searches, and goes on completing after a key
  }
}

function chip(text: string, label: string, click: () => void): HTMLElement {
  return h(
    'button',
    { class: 'jp-Cashet-chip', type: 'button', title: label, 'aria-label': label, onclick: click },
    text
  );
}

let made = 0;
