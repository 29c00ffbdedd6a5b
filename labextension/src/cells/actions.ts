import { Notification } from '@jupyterlab/apputils';
import { CodeCell } from '@jupyterlab/cells';
import { ISignal, Signal } from '@lumino/signaling';

import { IWords } from '../core/words';
import { HistoryModel } from '../model/model';
import { NotebookFollower } from '../model/notebook';
import { Notebooks } from '../model/notebooks';
import { Opener } from '../opener';
import { reasonOf } from '../sources/refusal';
import { runAnew } from './anew';

/** Milliseconds for which a note stays. */
const NOTE = 5000;

/** What can be done with the cell that is active, if the cache knows it. */
export class CellActions {
  private _changed = new Signal<this, void>(this);
  private _follower: NotebookFollower | null = null;
  private _last = '';

  constructor(
    private _notebooks: Notebooks,
    private _model: HistoryModel,
    private _opener: Opener,
    private _words: IWords
  ) {
    _notebooks.tracker.activeCellChanged.connect(() => this._follow());
    _notebooks.tracker.currentChanged.connect(() => this._follow());
    _model.changed.connect(this._look, this);
    this._follow();
  }

  /** What can be done may be something else than before. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The run that the active cell shows, else its newest one; empty if there is none. */
  get run(): string {
    const active = this._notebooks.active();
    if (!active) {
      return '';
    }
    const shown = active.follower.read((active.cell as CodeCell).model).facts?.commit;
    const newest = this._model.notebook === active.follower.panel ? this._model.newest.get(active.cell.model.id) : null;
    return shown ?? newest?.id ?? '';
  }

  /** Run the active cell although its result is stored. */
  async runAnew(): Promise<void> {
    const active = this._notebooks.active();
    if (active?.follower.panel.sessionContext.pendingInput) {
      Notification.warning(this._words.__('Another cell waits for something to be typed in.'), { autoClose: NOTE });
    } else if (active) {
      await runAnew(active.follower.panel, active.cell as CodeCell);
    }
  }

  /** Show the page of its run. */
  show(): void {
    if (this.run) {
      this._opener.openRun(this.run, this._model.target);
    }
  }

  /** Show its run beside the one before. */
  async compare(): Promise<void> {
    const { run } = this;
    const { target, api } = this._model;
    if (!run) {
      return;
    }
    try {
      const { parent } = await api.run(target, run);
      if (parent) {
        this._opener.compare(parent, run, target);
      } else {
        Notification.info(this._words.__('This is the first run of the cell.'), { autoClose: NOTE });
      }
    } catch (error) {
      Notification.error(this._words.__('The run before it cannot be found: %1', reasonOf(error)), { autoClose: NOTE });
    }
  }

  private _follow(): void {
    const follower = this._notebooks.active()?.follower ?? null;
    if (follower !== this._follower) {
      this._follower?.changed.disconnect(this._look, this);
      follower?.changed.connect(this._look, this);
      this._follower = follower;
    }
    this._look();
  }

  private _look(): void {
    const { run } = this;
    if (run !== this._last) {
      this._last = run;
      this._changed.emit();
    }
  }
}
