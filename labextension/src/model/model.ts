import { NotebookPanel } from '@jupyterlab/notebook';
import { Contents, Event } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { any, IFilters, parse } from '../core/filters';
import { Runs } from '../core/runs';
import { ICell, IState, stateOf } from '../core/states';
import { IRow, IStats } from '../core/types';
import { IWords } from '../core/words';
import { ITarget, Source } from '../sources/source';
import { Lease } from './lease';
import { NotebookFollower } from './notebook';
import { Notebooks } from './notebooks';
import { passes, Trouble, troubleOf } from './trouble';

export type { Trouble } from './trouble';

/** Milliseconds after the last change of the notebook in which its cells are asked for anew. */
const EDITED = 300;
const PAGE = 100;

/** What the panel shows: the cells of the notebook that is looked at, and runs that are looked for. */
export class HistoryModel implements IDisposable {
  readonly runs = new Runs();
  newest = new Map<string, IRow>();
  stats: IStats | null = null;
  trouble: Trouble = 'no notebook';
  loading = false;
  search = '';
  whole = false;

  private _follower: NotebookFollower | null = null;
  private _changed = new Signal<this, void>(this);
  private _ticked = new Signal<this, void>(this);
  private _grown = new Signal<this, void>(this);
  private _lease: Lease;
  private _asked = 0;
  private _redraw = 0;

  constructor(
    readonly api: Source,
    private _contents: Contents.IManager,
    events: Event.IManager | undefined,
    notebooks: Notebooks,
    readonly words: IWords
  ) {
    this._lease = new Lease(events, () => void this.renew());
    const look = (panel: NotebookPanel | null) => this.look(panel && notebooks.of(panel));
    notebooks.tracker.currentChanged.connect((_, panel) => look(panel));
    look(notebooks.tracker.currentWidget);
  }

  /** Something else is to be drawn. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Another cell is active. */
  get ticked(): ISignal<this, void> {
    return this._ticked;
  }

  /** More runs are there below those that are known. */
  get grown(): ISignal<this, void> {
    return this._grown;
  }

  get notebook(): NotebookPanel | null {
    return this._follower?.panel ?? null;
  }

  get isDisposed(): boolean {
    return this._lease.isDisposed;
  }

  /** Which store is meant just now. */
  get target(): ITarget {
    const panel = this.notebook;
    const path = panel ? this._contents.localPath(panel.context.path) : '';
    return { path, kernel: panel?.sessionContext.session?.kernel?.id ?? '' };
  }

  get filters(): IFilters {
    return parse(this.search, Date.now() / 1000);
  }

  dispose(): void {
    if (!this.isDisposed) {
      window.clearTimeout(this._redraw);
      this._lease.dispose();
      this._leave();
      Signal.clearData(this);
    }
  }

  /** Whether anybody sees it: only then the server is asked to watch. */
  setVisible(visible: boolean): void {
    this._lease.setVisible(visible);
    if (visible) {
      void this.renew(true);
    }
  }

  setSearch(search: string, whole: boolean): void {
    if (search === this.search && whole === this.whole) {
      return;
    }
    [this.search, this.whole] = [search, whole];
    this.runs.clear();
    if (this._follower) {
      void this._fetch();
    }
  }

  /** Look at another notebook. */
  look(follower: NotebookFollower | null): void {
    if (follower === this._follower) {
      return;
    }
    this._leave();
    this._follower = follower;
    if (follower) {
      follower.changed.connect(this._onChanged, this);
      follower.ended.connect(this._onEnded, this);
      follower.moved.connect(this._onMoved, this);
      follower.panel.content.modelContentChanged.connect(this._onEdited, this);
      follower.panel.content.activeCellChanged.connect(this._onActive, this);
      void follower.panel.context.ready.then(() => this.renew(true));
    }
    this.runs.clear();
    this.newest = new Map();
    this.stats = null;
    this.trouble = follower ? '' : 'no notebook';
    this._changed.emit();
  }

  /** Ask which store it is, and fetch what is new; with `all` in any case. */
  async renew(all = false): Promise<void> {
    const follower = this._follower;
    if (!this._lease.open || !follower) {
      return;
    }
    this._lease.renewed(true);
    const target = this.target;
    try {
      const place = await this.api.place(target);
      if (follower !== this._follower || !same(target, this.target)) {
        return;
      }
      this._lease.renewed(place.by !== 'kernel');
      const news = this._lease.knows(place.store, place.version);
      if (!place.exists) {
        this._fail('nothing stored');
      } else if (all || news || this.trouble !== '') {
        await this._fetch();
      }
    } catch (error) {
      if (follower === this._follower) {
        this._fail(troubleOf(error, this.words));
      }
    }
  }

  /** The next page of runs. */
  async more(): Promise<void> {
    if (this.loading || this.runs.complete || this.runs.next === '' || this.trouble !== '') {
      return;
    }
    this.loading = true;
    const asked = this._asked;
    try {
      const page = await this.api.runs(this.target, { ...this._params(), before: this.runs.next });
      if (asked === this._asked) {
        this.runs.append(page);
      }
    } catch {
      this.runs.complete = true; // the run to go on from is gone: the next change fetches anew
    }
    this.loading = false;
    this._grown.emit();
    // a page that took too long comes back short: the search goes on by itself while it is looked at
    if (asked === this._asked && this.runs.rows.length < PAGE && this._lease.open) {
      await this.more();
    }
  }

  /** All runs of one cell, newest first. */
  async runsOf(cell: string): Promise<IRow[]> {
    return (await this.api.runs(this.target, { cell, limit: '50' })).runs;
  }

  /** The code cells of the notebook, with what the notebook itself tells. */
  cells(): ICell[] {
    return this._follower?.cells() ?? [];
  }

  stateOf(cell: ICell): IState {
    return stateOf(cell, this.newest.get(cell.id) ?? null, Date.now() / 1000, this.words);
  }

  /** Whether something counts up. */
  get running(): boolean {
    return this._follower?.running ?? false;
  }

  private _params(): Record<string, string> {
    const filters = this.filters;
    return { ...filters, notebook: this.whole ? '' : '1', limit: String(PAGE) };
  }

  private async _fetch(): Promise<void> {
    const asked = ++this._asked;
    const target = this.target;
    const cells = this.cells().map(({ id, facts }) => ({ id, commit: facts?.commit ?? '' }));
    try {
      const [page, newest, stats] = await Promise.all([
        this.api.runs(target, this._params()),
        this.api.cells(target, cells),
        this.api.stats(target)
      ]);
      if (asked !== this._asked) {
        return; // something else is looked for by now
      }
      this.runs.renew(page);
      this.newest = newest;
      this.stats = stats;
      this.trouble = '';
    } catch (error) {
      if (asked === this._asked) {
        this._fail(troubleOf(error, this.words));
      }
      return;
    }
    this._changed.emit();
    if (this.runs.rows.length < PAGE && any(this.filters)) {
      await this.more();
    }
  }

  private _fail(trouble: Trouble): void {
    this.trouble = trouble;
    if (!passes(trouble)) {
      this.runs.clear();
      this.newest = new Map();
      this.stats = null;
    }
    this._changed.emit();
  }

  private _leave(): void {
    const follower = this._follower;
    this._follower = null;
    this._asked++;
    if (follower) {
      follower.changed.disconnect(this._onChanged, this);
      follower.ended.disconnect(this._onEnded, this);
      follower.moved.disconnect(this._onMoved, this);
      if (!follower.panel.isDisposed) {
        follower.panel.content.modelContentChanged.disconnect(this._onEdited, this);
        follower.panel.content.activeCellChanged.disconnect(this._onActive, this);
      }
    }
  }

  private _onChanged(): void {
    this._changed.emit();
  }

  private _onEnded(): void {
    this._lease.soon();
  }

  private _onMoved(): void {
    this._lease.forget();
    this._lease.soon();
  }

  private _onActive(): void {
    this._ticked.emit();
  }

  private _onEdited(): void {
    this._lease.soon(EDITED);
    window.clearTimeout(this._redraw);
    this._redraw = window.setTimeout(() => this._changed.emit(), EDITED);
  }
}

function same(one: ITarget, other: ITarget): boolean {
  return one.path === other.path && one.kernel === other.kernel;
}
