import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { fill, h } from '../core/dom';
import { IWords } from '../core/words';
import { HistoryModel } from '../model/model';
import { CellsView } from './cells';
import { message } from './empty';
import { Live } from './live';
import { Pair } from './pair';
import { RunsView } from './runs';
import { StatusBar } from './status';
import { StorageView } from './storage';
import { Tabs } from './tabs';
import { IPanelActions, IViews, View } from './view';

/** The sidebar: the cells of the notebook with their newest run, all runs with search and filters, what takes space. */
export class HistoryPanel extends Widget {
  private _view: View = 'cells';
  private _tabs: Tabs;
  private _body = h('div', { class: 'jp-Cashet-body', role: 'tabpanel' });
  private _message = h('div', { class: 'jp-Cashet-message', role: 'status' });
  private _live = new Live();
  private _status: StatusBar;
  private _views: { cells: CellsView; runs: RunsView; storage: StorageView };
  private _clock = 0;

  constructor(
    readonly model: HistoryModel,
    actions: IPanelActions,
    private _words: IWords
  ) {
    super();
    const words = _words;
    this.addClass('jp-Cashet-panel');
    const pair = new Pair(actions.compare);
    const views: IViews = {
      ...actions,
      find: (search, whole) => this.find(search, whole),
      say: this._live.say,
      refresh: () => this._refresh()
    };
    this._views = {
      cells: new CellsView(model, views, pair, words),
      runs: new RunsView(model, views, pair, words),
      storage: new StorageView(model, views, words)
    };
    this._status = new StatusBar(words);
    const names: [View, string][] = [
      ['cells', words.__('Cells')],
      ['runs', words.__('Runs')],
      ['storage', words.__('Storage')]
    ];
    this._tabs = new Tabs(names, this._body, words.__('History'), view => this.openView(view));
    this.node.append(this._tabs.node, this._body, this._message, this._status.node, this._live.node);
    model.changed.connect(() => this._refresh());
    model.ticked.connect(() => this._markActive());
    model.grown.connect(() => this._grow());
    this.openView('cells');
  }

  dispose(): void {
    window.clearInterval(this._clock);
    Object.values(this._views).forEach(view => view.dispose());
    this._live.dispose();
    super.dispose();
  }

  /** Which view is shown. */
  get view(): View {
    return this._view;
  }

  /** Show one of the views. */
  openView(view: View): void {
    this._view = view;
    const shown = this._views[view];
    this._tabs.mark(view, this._body);
    fill(this._body, shown.node);
    this._refresh();
    shown.shown();
  }

  /** Show the runs that a search finds; in the whole store, or in the notebook only, or where was looked before. */
  find(search: string, whole = this.model.whole): void {
    this.openView('runs');
    this._views.runs.search.find(search, whole);
  }

  protected onAfterShow(_: Message): void {
    this.model.setVisible(true);
    this._refresh();
    this._views[this._view].shown();
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
    this._views[this._view].list.redraw();
  }

  protected onActivateRequest(_: Message): void {
    this._views[this._view].focus();
  }

  private _refresh(): void {
    if (!this.isVisible || this.isDisposed) {
      return;
    }
    const view = this._views[this._view];
    view.refresh();
    const said = message(this.model, this._view, view.count, this._words);
    // Only what is different is said again to those who listen.
    if (said.map(one => one.outerHTML).join('') !== this._message.innerHTML) {
      fill(this._message, ...said);
    }
    this._message.hidden = said.length === 0;
    this._message.classList.toggle('jp-mod-alone', view.count === 0);
    this._status.refresh(this.model.stats);
    this._tick();
  }

  private _grow(): void {
    if (this._view === 'runs' && this._views.runs.count > 0 && this.isVisible) {
      this._views.runs.grow();
    } else {
      this._refresh();
    }
  }

  private _markActive(): void {
    if (this._view === 'cells' && this.isVisible) {
      this._views.cells.tick();
    }
  }

  /** While a cell runs its seconds count up. */
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
    if (this._view === 'cells') {
      this._views.cells.countUp();
    }
  }
}
