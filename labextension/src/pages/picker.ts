import { fill, h } from '../core/dom';
import { duration, exactly, moment, short } from '../core/format';
import { IRow } from '../core/types';
import { reasonOf } from '../sources/refusal';
import { ITarget } from '../sources/source';
import { ITools } from './tools';

const MOST = 50;
/** Milliseconds between the last letter and the question. */
const PAUSE = 150;

/** A box to choose a run in: those of the same cell first, others by what is typed. */
export class Picker {
  readonly node: HTMLElement;
  private _input: HTMLInputElement;
  private _list: HTMLElement;
  private _rows: IRow[] = [];
  private _active = 0;
  private _asked = 0;
  private _timer = 0;
  private readonly _prefix = `cashet-picker-${++pickers}`;

  constructor(
    private _cell: string,
    private _target: ITarget,
    private _tools: ITools,
    private _chosen: (id: string) => void,
    private _closed: () => void
  ) {
    const words = this._tools.words;
    this._list = h('div', {
      id: this._prefix,
      class: 'jp-Cashet-choices',
      role: 'listbox',
      'aria-label': words.__('Runs'),
      // A click on a run must not take the focus: its loss closes the box.
      onmousedown: (event: MouseEvent) => event.preventDefault(),
      onclick: (event: MouseEvent) => this._onClick(event)
    });
    this._input = h('input', {
      type: 'text',
      class: 'jp-Cashet-search',
      role: 'combobox',
      'aria-expanded': 'true',
      'aria-controls': this._prefix,
      'aria-autocomplete': 'list',
      'aria-label': words.__('Search runs'),
      placeholder: words.__('Search runs by text, variable, tag, id'),
      oninput: () => this._later(),
      onkeydown: (event: KeyboardEvent) => this._onKey(event),
      onblur: () => this._closed()
    });
    this.node = h('div', { class: 'jp-Cashet-picker' }, this._input, this._list);
    void this._ask();
  }

  focus(): void {
    this._input.focus();
  }

  private _later(): void {
    clearTimeout(this._timer);
    this._timer = window.setTimeout(() => void this._ask(), PAUSE);
  }

  private async _ask(): Promise<void> {
    const number = ++this._asked;
    const words = this._tools.words;
    const text = this._input.value.trim();
    try {
      const page = await this._tools.source.runs(this._target, {
        limit: String(MOST),
        text,
        cell: text ? '' : this._cell
      });
      if (number === this._asked) {
        this._rows = page.runs.filter(row => !row.damaged);
        this._active = 0;
        this._draw(this._rows.length ? '' : words.__('No runs'));
      }
    } catch (error) {
      this._rows = [];
      this._draw(reasonOf(error));
    }
  }

  private _draw(message: string): void {
    const now = Date.now() / 1000;
    const choices = this._rows.map((row, place) => {
      const facts = [short(row.id), moment(row.created, now, this._tools.words), duration(row.seconds)];
      const active = place === this._active;
      return h(
        'div',
        {
          id: `${this._prefix}-${place}`,
          class: active ? 'jp-Cashet-choice jp-mod-active' : 'jp-Cashet-choice',
          role: 'option',
          'aria-selected': String(active),
          title: exactly(row.created)
        },
        h('span', {}, row.function || row.label || short(row.id)),
        h('span', { class: 'jp-Cashet-quiet' }, facts.join(' · '))
      );
    });
    fill(this._list, ...choices, message ? h('div', { class: 'jp-Cashet-quiet', role: 'option' }, message) : null);
    if (choices.length) {
      this._input.setAttribute('aria-activedescendant', `${this._prefix}-${this._active}`);
      choices[this._active].scrollIntoView?.({ block: 'nearest' });
    } else {
      this._input.removeAttribute('aria-activedescendant');
    }
  }

  private _onClick(event: MouseEvent): void {
    const choice = (event.target as HTMLElement).closest('.jp-Cashet-choice');
    this._take(choice ? [...this._list.children].indexOf(choice) : -1);
  }

  private _take(place: number): void {
    const row = this._rows[place];
    if (row) {
      this._chosen(row.id);
    }
  }

  private _onKey(event: KeyboardEvent): void {
    const last = this._rows.length - 1;
    const steps: Record<string, number> = { ArrowDown: this._active + 1, ArrowUp: this._active - 1 };
    if (event.key in steps && last >= 0) {
      this._active = Math.max(0, Math.min(steps[event.key], last));
      this._draw('');
    } else if (event.key === 'Enter') {
      this._take(this._active);
    } else if (event.key === 'Escape') {
      this._closed();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

let pickers = 0;
