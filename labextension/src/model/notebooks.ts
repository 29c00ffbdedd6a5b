import { Cell } from '@jupyterlab/cells';
import { INotebookTracker, Notebook, NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { Token } from '@lumino/coreutils';

import { NotebookFollower } from './notebook';

/** The notebooks that are open, each followed once: badges, toolbar and panel say the same of a cell. */
export const INotebooks = new Token<Notebooks>('cashet-jupyter:INotebooks', 'What open notebooks tell of their cells.');

export class Notebooks {
  private _followers = new Map<Notebook, NotebookFollower>();

  constructor(readonly tracker: INotebookTracker) {
    NotebookActions.executionScheduled.connect((_, { notebook, cell }) => this._of(notebook)?.sent(cell));
    NotebookActions.executed.connect((_, { notebook, cell, success }) => this._of(notebook)?.done(cell, success));
    tracker.forEach(panel => this.of(panel));
    tracker.widgetAdded.connect((_, panel) => void this.of(panel));
  }

  /** What follows a notebook, for as long as that is open. */
  of(panel: NotebookPanel): NotebookFollower {
    const known = this._followers.get(panel.content);
    if (known) {
      return known;
    }
    const follower = new NotebookFollower(panel);
    const content = panel.content;
    this._followers.set(content, follower);
    panel.disposed.connect(() => {
      this._followers.delete(content);
      follower.dispose();
    });
    return follower;
  }

  /** All notebooks that are open. */
  all(): NotebookFollower[] {
    return [...this._followers.values()];
  }

  /** The code cell that is active in the notebook that is, with what follows it. */
  active(): { follower: NotebookFollower; cell: Cell } | null {
    const panel = this.tracker.currentWidget;
    const cell = panel?.content.activeCell;
    return panel && cell && cell.model.type === 'code' ? { follower: this.of(panel), cell } : null;
  }

  /** A connection to the kernel of one of these notebooks; one that takes comms, if there are several. */
  kernel(which: (follower: NotebookFollower) => boolean): Kernel.IKernelConnection | null {
    const kernels = this.all()
      .filter(which)
      .map(one => one.kernel)
      .filter(kernel => kernel !== null);
    return kernels.find(kernel => kernel.handleComms) ?? kernels[0] ?? null;
  }

  private _of(notebook: Notebook): NotebookFollower | undefined {
    return this._followers.get(notebook);
  }
}
