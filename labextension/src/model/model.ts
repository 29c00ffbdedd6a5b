import { INotebookTracker, Notebook, NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import { Contents, Event, KernelMessage } from '@jupyterlab/services';
import { Cell, ICodeCellModel } from '@jupyterlab/cells';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { factsOf } from '../core/facts';
import { any, IFilters, parse } from '../core/filters';
import { Runs } from '../core/runs';
import { fingerprint, label } from '../core/source';
import { ICell, IState, stateOf } from '../core/states';
import { IRow, IStats } from '../core/types';
import { IWords } from '../core/words';
import { Refusal } from '../sources/refusal';
import { ITarget, Source } from '../sources/source';

const SCHEMA_ID = 'https://schema.jupyter.org/cashet_jupyter/store/v1';
/** Milliseconds after which the lease on the server's watch is renewed; it lasts for 30 s. */
const RENEWAL = 15000;
/** Milliseconds that a change is waited for more changes. */
const GATHER = 80;
const PAGE = 100;

/** What cannot be shown, and why. */
export type Trouble = '' | 'no notebook' | 'no server side' | 'nothing stored' | { text: string };

/** What the panel shows: the cells of the notebook that is looked at, and runs that are looked for. */
export class HistoryModel implements IDisposable {
  readonly runs = new Runs();
  newest = new Map<string, IRow>();
  stats: IStats | null = null;
  trouble: Trouble = 'no notebook';
  loading = false;
  search = '';
  whole = false;

  private _panel: NotebookPanel | null = null;
  private _changed = new Signal<this, void>(this);
  private _ticked = new Signal<this, void>(this);
  private _grown = new Signal<this, void>(this);
  private _started = new Map<string, number | null>();
  private _restored = new Map<string, boolean>();
  private _ranAs = new Map<string, string>();
  private _begun = new Map<string, number>();
  private _store = '';
  private _version = -1;
  private _visible = false;
  private _timer = 0;
  private _gather = 0;
  private _asked = 0;
  private _disposed = false;
  private _readerOf = new WeakMap<object, ICell>();

  constructor(
    readonly api: Source,
    private _contents: Contents.IManager,
    private _events: Event.IManager | undefined,
    tracker: INotebookTracker,
    readonly words: IWords
  ) {
    tracker.currentChanged.connect((_, panel) => this.look(panel));
    NotebookActions.executionScheduled.connect(this._onScheduled, this);
    NotebookActions.executed.connect(this._onExecuted, this);
    this._events?.stream.connect(this._onEvent, this);
    document.addEventListener('visibilitychange', this._onVisibility);
    this.look(tracker.currentWidget);
  }

  /** Something else is to be drawn. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Only what counts up is to be drawn. */
  get ticked(): ISignal<this, void> {
    return this._ticked;
  }

  /** More runs are there below those that are known. */
  get grown(): ISignal<this, void> {
    return this._grown;
  }

  get notebook(): NotebookPanel | null {
    return this._panel;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Which store is meant just now. */
  get target(): ITarget {
    const path = this._panel ? this._contents.localPath(this._panel.context.path) : '';
    return { path, kernel: this._panel?.sessionContext.session?.kernel?.id ?? '' };
  }

  get filters(): IFilters {
    return parse(this.search, Date.now() / 1000);
  }

  dispose(): void {
    if (this._disposed) {
      return;
    }
    this._disposed = true;
    window.clearTimeout(this._timer);
    window.clearTimeout(this._gather);
    document.removeEventListener('visibilitychange', this._onVisibility);
    this._leave();
    Signal.clearData(this);
  }

  /** Whether anybody sees it: only then the server is asked to watch. */
  setVisible(visible: boolean): void {
    this._visible = visible;
    if (visible) {
      void this.renew(true);
    } else {
      window.clearTimeout(this._timer);
    }
  }

  setSearch(search: string, whole: boolean): void {
    if (search === this.search && whole === this.whole) {
      return;
    }
    [this.search, this.whole] = [search, whole];
    this.runs.clear();
    void this._fetch();
  }

  /** Look at another notebook. */
  look(panel: NotebookPanel | null): void {
    if (panel === this._panel) {
      return;
    }
    this._leave();
    this._panel = panel;
    if (panel) {
      panel.sessionContext.iopubMessage.connect(this._onMessage, this);
      panel.sessionContext.kernelChanged.connect(this._onKernel, this);
      panel.context.pathChanged.connect(this._onKernel, this);
      panel.content.modelContentChanged.connect(this._onEdited, this);
      panel.content.activeCellChanged.connect(this._onActive, this);
      void panel.context.ready.then(() => this.renew(true));
    }
    this.runs.clear();
    this.newest = new Map();
    this.stats = null;
    this.trouble = panel ? '' : 'no notebook';
    this._changed.emit();
  }

  /** Ask which store it is, and fetch what is new; with `all` in any case. */
  async renew(all = false): Promise<void> {
    window.clearTimeout(this._timer);
    if (!this._visible || !this._panel || document.hidden || this._disposed) {
      return;
    }
    this._timer = window.setTimeout(() => void this.renew(), RENEWAL);
    const target = this.target;
    try {
      const place = await this.api.place(target);
      if (target.path !== this.target.path) {
        return;
      }
      const fresh = place.store !== this._store || place.version !== this._version;
      [this._store, this._version] = [place.store, place.version];
      if (!place.exists) {
        this._fail('nothing stored');
      } else if (all || fresh || this.trouble !== '') {
        await this._fetch();
      }
    } catch (error) {
      this._fail(troubleOf(error, this.words));
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
    if (asked === this._asked && this.runs.rows.length < PAGE && this._visible) {
      await this.more();
    }
  }

  /** All runs of one cell, newest first. */
  async runsOf(cell: string): Promise<IRow[]> {
    return (await this.api.runs(this.target, { cell, limit: '50' })).runs;
  }

  /** The code cells of the notebook, with what the notebook itself tells. */
  cells(): ICell[] {
    return (this._panel?.content.widgets ?? [])
      .filter(cell => cell.model.type === 'code')
      .map(cell => this._read(cell));
  }

  stateOf(cell: ICell): IState {
    return stateOf(cell, this.newest.get(cell.id) ?? null, Date.now() / 1000, this.words);
  }

  /** Whether something counts up. */
  get running(): boolean {
    return this._started.size > 0;
  }

  private _read(cell: Cell): ICell {
    const model = cell.model as ICodeCellModel;
    const started = this._started.get(model.id);
    const known = this._readerOf.get(model);
    const base = known ?? this._readAnew(model);
    const first = [...this._started.keys()][0];
    return {
      ...base,
      started: started === undefined || model.id !== first ? null : (started ?? Date.now() / 1000),
      queued: started !== undefined && model.id !== first,
      ranAs: this._ranAs.get(model.id) ?? null,
      restored: this._restored.get(model.id) ?? null
    };
  }

  private _readAnew(model: ICodeCellModel): ICell {
    const source = model.sharedModel.getSource();
    const outputs = model.outputs;
    const all = Array.from({ length: outputs.length }, (_, index) => ({ metadata: outputs.get(index).metadata }));
    const cell: ICell = {
      id: model.id,
      label: label(source),
      fingerprint: fingerprint(source),
      facts: factsOf(all),
      started: null,
      queued: false,
      ranAs: null,
      restored: null
    };
    this._readerOf.set(model, cell);
    const forget = () => {
      this._readerOf.delete(model);
      model.contentChanged.disconnect(forget);
      outputs.changed.disconnect(forget);
    };
    model.contentChanged.connect(forget);
    outputs.changed.connect(forget);
    return cell;
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
    this.runs.clear();
    this.newest = new Map();
    this.stats = null;
    this._changed.emit();
  }

  private _soon(): void {
    window.clearTimeout(this._gather);
    this._gather = window.setTimeout(() => void this.renew(), GATHER);
  }

  private _leave(): void {
    const panel = this._panel;
    this._panel = null;
    this._started.clear();
    this._restored.clear();
    this._ranAs.clear();
    this._begun.clear();
    if (panel && !panel.isDisposed) {
      panel.sessionContext.iopubMessage.disconnect(this._onMessage, this);
      panel.sessionContext.kernelChanged.disconnect(this._onKernel, this);
      panel.context.pathChanged.disconnect(this._onKernel, this);
      panel.content.modelContentChanged.disconnect(this._onEdited, this);
      panel.content.activeCellChanged.disconnect(this._onActive, this);
    }
  }

  private _onKernel(): void {
    this._started.clear();
    this._version = -1;
    this._soon();
  }

  private _onActive(): void {
    this._ticked.emit();
  }

  private _onEdited(): void {
    window.clearTimeout(this._gather);
    this._gather = window.setTimeout(() => {
      this._changed.emit();
      void this.renew();
    }, 300);
  }

  private _onEvent(_: Event.IManager, event: Event.Emission): void {
    const content = event as unknown as { schema_id: string; store?: string; version?: number };
    const mine = content.schema_id === SCHEMA_ID && content.store === this._store;
    if (mine && content.version !== this._version) {
      this._soon();
    }
  }

  private _onVisibility = (): void => {
    if (!document.hidden) {
      void this.renew();
    }
  };

  private _onScheduled(_: unknown, args: { notebook: Notebook; cell: Cell }): void {
    if (args.notebook === this._panel?.content && args.cell.model.type === 'code') {
      this._started.set(args.cell.model.id, this._started.size ? null : Date.now() / 1000);
      this._restored.delete(args.cell.model.id);
      this._ranAs.set(args.cell.model.id, fingerprint(args.cell.model.sharedModel.getSource()));
      this._changed.emit();
    }
  }

  private _onExecuted(_: unknown, args: { notebook: Notebook; cell: Cell; success: boolean }): void {
    if (args.notebook !== this._panel?.content) {
      return;
    }
    this._started.delete(args.cell.model.id);
    const next = [...this._started.keys()][0];
    if (!args.success) {
      this._started.clear(); // what waited behind it is not run any more
    } else if (next !== undefined) {
      this._started.set(next, Date.now() / 1000);
    }
    this._changed.emit();
    this._soon();
  }

  /** Whether a cell ran or was restored: by the kernel's own clock, when it began and when its result was made. */
  private _onMessage(_: unknown, message: KernelMessage.IMessage): void {
    const parent = (message.parent_header as { msg_id?: string }).msg_id ?? '';
    const at = Date.parse(message.header.date) / 1000;
    if (message.header.msg_type === 'execute_input') {
      this._begun.clear();
      this._begun.set(parent, at);
    }
    const begun = this._begun.get(parent);
    const facts = factsOf([message.content as { metadata?: unknown }]);
    const cell = [...this._started.keys()][0];
    if (begun !== undefined && facts?.created !== undefined && cell) {
      this._restored.set(cell, facts.created < begun - 0.005);
      this._soon();
    }
  }
}

function troubleOf(error: unknown, words: IWords): Trouble {
  if (error instanceof Refusal) {
    if (error.reason === 'no routes') {
      return 'no server side';
    }
    return { text: error.message };
  }
  return { text: words.__('The server does not answer.') };
}
