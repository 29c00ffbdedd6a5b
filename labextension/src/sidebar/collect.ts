import { fill, h } from '../core/dom';
import { duration, moment, short, size } from '../core/format';
import { sizeChoices } from '../core/storage';
import { ICollection } from '../core/types';
import { IWords } from '../core/words';
import { HistoryModel } from '../model/model';
import { reasonOf } from '../sources/refusal';
import { ICollecting, ITarget } from '../sources/source';

/** What is done with what was found. */
export interface ICollectActions {
  openRun(id: string): void;
  say(text: string): void;
  /** It is over: nothing more is to be removed. */
  done(): void;
}

const DAYS = [1, 7, 30, 90, 365];

/** Frees space: shows what would go and why, and removes it when that has been seen. */
export class Collecting {
  readonly node: HTMLElement;
  /** What is looked at is what is removed, whichever notebook is in front by then. */
  readonly target: ITarget;
  private _size: HTMLSelectElement;
  private _age: HTMLSelectElement;
  private _summary = h('div', { class: 'jp-Cashet-summary', role: 'status' });
  private _found = h('ul', { class: 'jp-Cashet-victims', tabindex: 0 });
  private _go: HTMLButtonElement;
  private _asked = 0;
  private _offered = false;
  private _removing = false;

  constructor(
    private _model: HistoryModel,
    private _actions: ICollectActions,
    private _words: IWords
  ) {
    const words = _words;
    this.target = _model.target;
    this._size = h('select', { onchange: () => void this._look() });
    this._offer(_model.stats?.physical ?? 0, _model.stats?.limit ?? 0);
    this._age = h('select', { onchange: () => void this._look() }, ...this._ages());
    this._found.setAttribute('aria-label', words.__('Runs that would go'));
    this._go = h('button', {
      class: 'jp-Cashet-button jp-mod-danger',
      type: 'button',
      onclick: () => void this._remove()
    });
    const cancel = { class: 'jp-Cashet-button', type: 'button', onclick: () => _actions.done() };
    this.node = h(
      'div',
      {
        class: 'jp-Cashet-collecting',
        role: 'group',
        'aria-label': words.__('Free space'),
        onkeydown: (event: KeyboardEvent) => event.key === 'Escape' && _actions.done()
      },
      h('div', { class: 'jp-Cashet-field' }, h('label', {}, h('span', {}, words.__('Bring it below')), this._size)),
      h('div', { class: 'jp-Cashet-field' }, h('label', {}, h('span', {}, words.__('Not used for')), this._age)),
      this._summary,
      this._found,
      h(
        'p',
        { class: 'jp-Cashet-quiet' },
        words.__(
          'Pinned runs stay. Tagged ones and the newest of each cell go last. A cell whose run is gone runs again.'
        )
      ),
      h('div', { class: 'jp-Cashet-buttons' }, this._go, h('button', cancel, words.__('Cancel')))
    );
    void this._look();
  }

  dispose(): void {
    this._asked++;
    this.node.remove();
  }

  focus(): void {
    this._size.focus();
  }

  /** The store is not what it was: look again, without taking the button away from under the hand. */
  renew(): void {
    if (!this._removing) {
      void this._look(false);
    }
  }

  private get _wish(): ICollecting {
    return {
      max_size: Number(this._size.value),
      ...(this._age.value ? { older_than: Number(this._age.value) } : {})
    };
  }

  /** Sizes to choose from, of what the store holds; the first one is chosen. */
  private _offer(held: number, limit: number): void {
    const words = this._words;
    const name = (bytes: number, index: number) =>
      index === 0 ? words.__('its limit, %1', size(bytes)) : bytes ? size(bytes) : words.__('all but what is pinned');
    const choices = sizeChoices(held, limit);
    fill(this._size, ...choices.map((bytes, index) => h('option', { value: bytes }, name(bytes, index))));
  }

  private _ages(): HTMLElement[] {
    const words = this._words;
    const days = DAYS.map(day => h('option', { value: day * 86400 }, words._n('%1 day', '%1 days', day)));
    return [h('option', { value: '' }, words.__('whatever its age')), ...days];
  }

  private async _look(other = true): Promise<void> {
    const asked = ++this._asked;
    this._go.disabled ||= other;
    if (other) {
      fill(this._summary, this._words.__('Looking …'));
    }
    try {
      const found = await this._model.api.preview(this.target, this._wish);
      if (asked === this._asked) {
        if (!this._offered && this._size.selectedIndex === 0) {
          // What it holds with all that belongs to it is only told here.
          this._offer(found.left + found.freed, this._model.stats?.limit ?? found.limit);
        }
        this._offered = true;
        this._draw(found);
      }
    } catch (error) {
      if (asked === this._asked) {
        this._fail(error);
      }
    }
  }

  private async _remove(): Promise<void> {
    const asked = ++this._asked;
    this._go.disabled = this._removing = true;
    fill(this._summary, this._words.__('Removing …'));
    try {
      const done = await this._model.api.collect(this.target, this._wish);
      const count = done.evicted.length + done.more;
      this._actions.say(
        this._words._n(
          '%1 run was removed, %2 are free.',
          '%1 runs were removed, %2 are free.',
          count,
          size(done.freed)
        )
      );
      this._actions.done();
      await this._model.renew(true);
    } catch (error) {
      if (asked === this._asked) {
        this._fail(error);
      }
    }
  }

  private _fail(error: unknown): void {
    this._removing = false;
    fill(this._found);
    fill(this._summary, reasonOf(error));
    this._go.disabled = true;
    fill(this._go, this._words.__('Remove'));
  }

  private _draw(found: ICollection): void {
    const words = this._words;
    const count = found.evicted.length + found.more;
    const freed = size(found.freed);
    const nothing = count === 0 && found.freed === 0;
    fill(
      this._summary,
      nothing
        ? words.__('Nothing would go.')
        : count === 0
          ? words.__('No run would go, but %1 that no run needs any more.', freed)
          : words._n('%1 run would go, which frees %2.', '%1 runs would go, which frees %2.', count, freed)
    );
    const over = found.left - found.limit;
    if (over > 0) {
      this._summary.append(h('div', {}, words.__('%1 above that would stay: they are pinned.', size(over))));
    }
    fill(
      this._found,
      ...found.evicted.map(item => this._victim(item)),
      found.more ? h('li', {}, words._n('%1 more', '%1 more', found.more)) : null
    );
    this._found.hidden = count === 0;
    fill(this._go, count ? words._n('Remove %1 run', 'Remove %1 runs', count) : words.__('Remove'));
    this._go.disabled = nothing;
  }

  private _victim(item: ICollection['evicted'][number]): HTMLElement {
    const facts = [size(item.size), item.why];
    if (!item.damaged) {
      facts.push(moment(item.created, Date.now() / 1000, this._words), duration(item.seconds));
    }
    const name = item.function || item.label || short(item.id);
    return h(
      'li',
      {},
      h(
        'button',
        { class: 'jp-Cashet-link', type: 'button', title: name, onclick: () => this._actions.openRun(item.id) },
        name
      ),
      h('div', { class: 'jp-Cashet-second' }, facts.filter(Boolean).join(' · '))
    );
  }
}
