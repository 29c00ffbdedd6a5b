import { fill, h } from '../core/dom';
import { duration, size } from '../core/format';
import { IStats } from '../core/types';
import { IWords } from '../core/words';
import { bar } from './rows';

/** The lines at the foot of the panel: how much is stored, of how much, and what that has saved. */
export class StatusBar {
  readonly node: HTMLElement;

  constructor(private _words: IWords) {
    this.node = h('div', { class: 'jp-Cashet-status', role: 'group', 'aria-label': _words.__('The store') });
  }

  /** Show what is known; its place stays where nothing is. */
  refresh(stats: IStats | null): void {
    if (!stats) {
      return fill(this.node);
    }
    fill(
      this.node,
      h(
        'div',
        { class: 'jp-Cashet-numbers' },
        h('span', {}, this._words._n('%1 run', '%1 runs', stats.commits)),
        h('span', {}, this._words.__('%1 of %2', size(stats.physical), size(stats.limit)))
      ),
      meter(stats.physical, stats.limit),
      h('div', { class: 'jp-Cashet-saved' }, savedText(stats, this._words)),
      ...stats.notices.map(notice => h('div', { class: 'jp-Cashet-notice' }, notice))
    );
  }
}

/** How full a store is. The numbers stand beside it. */
function meter(held: number, limit: number): HTMLElement {
  const part = limit > 0 ? Math.min(1, held / limit) : 1;
  const made = bar('jp-Cashet-meter', part);
  made.classList.toggle('jp-mod-full', part > 0.9);
  return made;
}

/** `Saved 12 s today, 4 min in all`; without today where the server does not tell it. */
function savedText(stats: IStats, words: IWords): string {
  if (stats.hits === 0) {
    return words.__('Nothing was restored yet');
  }
  const all = duration(stats.saved);
  return stats.today
    ? words.__('Saved %1 today, %2 in all', duration(stats.today.saved), all)
    : words.__('%1 saved', all);
}
