import { fill, h } from '../core/dom';
import { quoted } from '../core/filters';
import { basename, duration, size } from '../core/format';
import { percent, StorageLine, storageKey, storageLines } from '../core/storage';
import { IStorage } from '../core/types';
import { IWords } from '../core/words';
import { HistoryModel } from '../model/model';
import { reasonOf } from '../sources/refusal';
import { Collecting } from './collect';
import { bar } from './rows';
import { IViews, ListView } from './view';

/** What takes space, by notebook and cell, the biggest first; and how to have more of it. */
export class StorageView extends ListView<StorageLine> {
  readonly node: HTMLElement;
  private _head = h('div', { class: 'jp-Cashet-head' });
  private _free: HTMLButtonElement;
  private _message = h('div', { class: 'jp-Cashet-message', role: 'status', hidden: true });
  private _collecting: Collecting | null = null;
  private _storage: IStorage | null = null;
  private _open = new Set<string>();
  private _seen: object | null = null;
  private _path = '';
  private _asked = 0;

  constructor(
    private _model: HistoryModel,
    private _views: IViews,
    private _words: IWords
  ) {
    super(_words.__('What takes space'));
    const label = _words.__('Free space …');
    this._free = h(
      'button',
      { class: 'jp-Cashet-button', type: 'button', 'aria-expanded': 'false', onclick: () => this._unfold() },
      label
    );
    const top = h('div', { class: 'jp-Cashet-top' }, this._head, this._free);
    this.node = h('div', { class: 'jp-Cashet-view' }, top, this._message, this.list.node);
  }

  refresh(): void {
    const { stats, target } = this._model;
    this.node.hidden = !stats;
    if (!stats || target.path !== this._path) {
      this._path = target.path;
      this._asked++; // what was asked of another store is not for this one
      this._seen = this._storage = null;
      this._leave();
    }
    if (stats && stats !== this._seen) {
      this._seen = stats;
      this._collecting?.renew();
      void this._fetch();
    }
    this._draw();
  }

  dispose(): void {
    this._asked++;
    this._collecting?.dispose();
    super.dispose();
  }

  protected keyOf(line: StorageLine): string {
    return storageKey(line);
  }

  protected among(line: StorageLine): [number, number] {
    return line.place;
  }

  protected draw(line: StorageLine, element: HTMLElement): void {
    const words = this._words;
    element.setAttribute('aria-level', line.kind === 'cell' || (line.kind === 'more' && line.level === 2) ? '2' : '1');
    if (line.kind === 'more') {
      const text =
        line.level === 1
          ? words._n('%1 more notebook', '%1 more notebooks', line.count)
          : words._n('%1 more cell', '%1 more cells', line.count);
      element.setAttribute('aria-label', text);
      return fill(element, h('div', { class: 'jp-Cashet-note' }, text));
    }
    const { at } = line;
    const name = this._nameOf(line);
    const facts = [
      size(at.size),
      percent(line.share),
      words._n('%1 run', '%1 runs', at.runs),
      at.hits ? words.__('saved %1', duration(at.saved)) : ''
    ].filter(Boolean);
    element.setAttribute('aria-label', [name, ...facts].join(', '));
    const isNotebook = line.kind === 'notebook';
    if (isNotebook) {
      element.setAttribute('aria-expanded', String(line.open));
    }
    const full = isNotebook ? line.at.notebook || name : name;
    fill(
      element,
      h('span', { class: 'jp-Cashet-twist', 'aria-hidden': 'true' }, isNotebook ? (line.open ? '▾' : '▸') : ''),
      h(
        'div',
        { class: 'jp-Cashet-lines' },
        h('div', { class: 'jp-Cashet-first', title: full }, name),
        h('div', { class: 'jp-Cashet-second', title: facts.join(' · ') }, facts.join(' · ')),
        bar('jp-Cashet-share', line.bar)
      )
    );
  }

  protected choose(line: StorageLine): void {
    if (line.kind === 'notebook') {
      this._toggle(line.at.notebook, !line.open);
    } else if (line.kind === 'cell' && line.at.cell) {
      this._views.find(`cell:${quoted(line.at.cell)}`, true);
    } else if (line.kind === 'cell' && line.at.newest) {
      this._views.openRun(line.at.newest);
    }
  }

  protected key(line: StorageLine, key: string, index: number): boolean {
    if (key !== 'ArrowRight' && key !== 'ArrowLeft') {
      return false;
    }
    if (line.kind === 'notebook') {
      if (key === 'ArrowRight' && line.open) {
        this.list.activate(index + 1);
      } else {
        this._toggle(line.at.notebook, key === 'ArrowRight');
      }
    } else if (key === 'ArrowLeft') {
      const of = line.kind === 'cell' ? line.notebook : line.of;
      const above = this.lines.findIndex(one => one.kind === 'notebook' && one.at.notebook === of);
      this.list.activate(Math.max(0, above));
    }
    return true;
  }

  private _nameOf(line: StorageLine & { kind: 'notebook' | 'cell' }): string {
    if (line.kind === 'cell') {
      return line.at.label || this._words.__('(empty)');
    }
    return basename(line.at.notebook) || this._words.__('Without a notebook');
  }

  private _toggle(notebook: string, open: boolean): void {
    if (open) {
      this._open.add(notebook);
    } else {
      this._open.delete(notebook);
    }
    this._draw();
  }

  private async _fetch(): Promise<void> {
    const asked = ++this._asked;
    let wrong = '';
    try {
      const storage = await this._model.api.storage(this._model.target);
      if (asked === this._asked) {
        if (!this._storage && storage.notebooks.length === 1) {
          this._open.add(storage.notebooks[0].notebook); // there is nothing else to choose from
        }
        this._storage = storage;
      }
    } catch (error) {
      wrong = reasonOf(error);
    }
    if (asked === this._asked) {
      fill(this._message, wrong);
      this._message.hidden = wrong === '';
      this._draw();
    }
  }

  private _draw(): void {
    if (this._model.stats) {
      this._drawHead();
    }
    const lines = this._storage && !this._collecting ? storageLines(this._storage, this._open) : [];
    this.list.node.hidden = lines.length === 0;
    this.put(lines);
  }

  /** How much there is in all; its part of the limit stands at the foot of the panel. */
  private _drawHead(): void {
    const { physical } = this._model.stats!;
    const logical = this._storage?.logical ?? 0;
    fill(
      this._head,
      h('strong', {}, this._words.__('%1 on disk', size(physical))),
      logical > physical * 1.05
        ? h('div', { class: 'jp-Cashet-quiet' }, this._words.__('%1 if nothing were shared', size(logical)))
        : null
    );
  }

  private _unfold(): void {
    if (this._collecting) {
      return this._leave();
    }
    this._collecting = new Collecting(
      this._model,
      { openRun: id => this._views.openRun(id), say: this._views.say, done: () => this._leave() },
      this._words
    );
    this.node.append(this._collecting.node);
    this._free.setAttribute('aria-expanded', 'true');
    this._draw();
    this._collecting.focus();
  }

  private _leave(): void {
    if (!this._collecting) {
      return;
    }
    const { activeElement } = document;
    // A button that was pressed and cannot be any more has lost the focus to the page.
    const back = activeElement === document.body || this._collecting.node.contains(activeElement);
    this._collecting.dispose();
    this._collecting = null;
    this._free.setAttribute('aria-expanded', 'false');
    this._draw();
    if (back) {
      this._free.focus();
    }
  }
}
