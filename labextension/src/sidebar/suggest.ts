import { fill, h } from '../core/dom';

/** Milliseconds after the last key before anybody is asked. */
const TYPING = 120;
const MOST = 12;

/** What completes the text of a box, and what becomes of it. */
export interface ISuggesting {
  /** What could stand at the caret; none if there is nothing to complete. */
  offer(text: string, caret: number): Promise<string[]>;
  /** One of them was chosen. */
  take(choice: string): void;
}

/** A list below a text box with what could be typed there: a combobox whose box keeps the focus. */
export class Suggest {
  readonly node: HTMLElement;
  private _choices: string[] = [];
  private _active = -1;
  private _asked = 0;
  private _timer = 0;
  private readonly _name = `cashet-suggest-${++made}`;

  constructor(
    private _box: HTMLInputElement,
    private _how: ISuggesting,
    label: string
  ) {
    this.node = h('ul', {
      class: 'jp-Cashet-suggest',
      role: 'listbox',
      id: this._name,
      'aria-label': label,
      hidden: true
    });
    for (const [name, value] of Object.entries({
      role: 'combobox',
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-autocomplete': 'list',
      'aria-controls': this._name,
      'aria-expanded': 'false'
    })) {
      _box.setAttribute(name, value);
    }
    _box.addEventListener('input', () => this._later());
    _box.addEventListener('keydown', event => this._onKey(event));
    _box.addEventListener('blur', () => this.close());
  }

  dispose(): void {
    window.clearTimeout(this._timer);
    this._asked++;
  }

  close(): void {
    window.clearTimeout(this._timer);
    this._asked++;
    this._put([]);
  }

  private _later(): void {
    window.clearTimeout(this._timer);
    if (!this._box.value.trim()) {
      return this.close(); // with nothing typed a list would only be in the way; the arrow down still opens it
    }
    this._timer = window.setTimeout(() => void this._ask(), TYPING);
  }

  private async _ask(): Promise<void> {
    const asked = ++this._asked;
    let choices: string[] = [];
    try {
      choices = await this._how.offer(this._box.value, this._box.selectionStart ?? this._box.value.length);
    } catch {
      // without completion one types a little more
    }
    if (asked === this._asked && document.activeElement === this._box) {
      this._put(choices.slice(0, MOST));
    }
  }

  private _put(choices: string[]): void {
    this._choices = choices;
    this._active = -1;
    fill(
      this.node,
      ...choices.map((text, index) =>
        h(
          'li',
          {
            role: 'option',
            id: `${this._name}-${index}`,
            'aria-selected': 'false',
            title: text,
            // Not at the click: by then the box would have lost the focus.
            onmousedown: (event: MouseEvent) => {
              event.preventDefault();
              this._take(text);
            }
          },
          text
        )
      )
    );
    this.node.hidden = choices.length === 0;
    this._box.setAttribute('aria-expanded', String(choices.length > 0));
    this._box.removeAttribute('aria-activedescendant');
  }

  private _take(choice: string): void {
    this.close();
    this._how.take(choice);
  }

  private _go(step: number): void {
    const count = this._choices.length + 1; // one place more: back in the box
    this._active = ((this._active + 1 + step + count) % count) - 1;
    [...this.node.children].forEach((item, index) => {
      item.setAttribute('aria-selected', String(index === this._active));
    });
    if (this._active < 0) {
      return this._box.removeAttribute('aria-activedescendant');
    }
    this._box.setAttribute('aria-activedescendant', `${this._name}-${this._active}`);
    this.node.children[this._active].scrollIntoView?.({ block: 'nearest' });
  }

  private _onKey(event: KeyboardEvent): void {
    const open = this._choices.length > 0;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (open) {
        this._go(event.key === 'ArrowDown' ? 1 : -1);
      } else {
        void this._ask();
      }
    } else if (event.key === 'Enter' && open && this._active >= 0) {
      this._take(this._choices[this._active]);
      event.stopImmediatePropagation();
    } else if (event.key === 'Escape' && open) {
      this.close();
      event.stopPropagation();
    } else {
      return;
    }
    event.preventDefault();
  }
}

let made = 0;
