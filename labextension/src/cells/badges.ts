import { Cell, ICodeCellModel } from '@jupyterlab/cells';
import { DocumentRegistry } from '@jupyterlab/docregistry';
import { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { IWords } from '../core/words';
import { NotebookFollower } from '../model/notebook';
import { Notebooks } from '../model/notebooks';
import { clear, draw } from './badge';

/** One cell that is followed. */
interface IFollowed {
  draw(): void;
  stop(): void;
}

/**
 * A small mark beside each cell that the cache knows: from what the outputs say, so without a kernel, without a server
 * and in notebooks that are not trusted. A cell that is edited after that is marked as changed.
 *
 * Marks are children of the cells' own nodes, which stay the same while a long notebook is scrolled.
 */
export class Badges implements DocumentRegistry.IWidgetExtension<NotebookPanel, INotebookModel> {
  private _enabled = true;
  private _switched = new Signal<this, boolean>(this);

  constructor(
    private _notebooks: Notebooks,
    private _open: (commit: string) => void,
    private _words: IWords
  ) {}

  /** Whether marks are shown. */
  get enabled(): boolean {
    return this._enabled;
  }

  set enabled(enabled: boolean) {
    if (enabled !== this._enabled) {
      this._enabled = enabled;
      this._switched.emit(enabled);
    }
  }

  createNew(panel: NotebookPanel): IDisposable {
    const known = new Map<ICodeCellModel, IFollowed>();
    const follower = this._notebooks.of(panel);
    const look = () => this._look(panel, follower, known);
    const redraw = () => known.forEach(cell => cell.draw());
    void panel.context.ready.then(look);
    panel.content.modelContentChanged.connect(look);
    follower.changed.connect(redraw);
    this._switched.connect(redraw);
    return new DisposableDelegate(() => {
      follower.changed.disconnect(redraw);
      this._switched.disconnect(redraw);
      known.forEach(cell => cell.stop());
      known.clear();
    });
  }

  /** Follow each code cell once, and let go of those that are gone. */
  private _look(panel: NotebookPanel, follower: NotebookFollower, known: Map<ICodeCellModel, IFollowed>): void {
    if (panel.isDisposed) {
      return;
    }
    const there = new Set<ICodeCellModel>();
    for (const cell of panel.content.widgets) {
      // One that is taken out just now, as the file is read, has no outputs any more and may be listed still.
      if (cell.model.type !== 'code' || cell.model.isDisposed) {
        continue;
      }
      const model = cell.model as ICodeCellModel;
      there.add(model);
      if (!known.has(model)) {
        known.set(model, this._follow(cell, model, follower));
      }
    }
    for (const [model, cell] of known) {
      if (!there.has(model)) {
        cell.stop();
        known.delete(model);
      }
    }
  }

  private _follow(cell: Cell, model: ICodeCellModel, follower: NotebookFollower): IFollowed {
    let seen = follower.read(model).facts?.commit;
    let source = follower.read(model).fingerprint;
    const redraw = () => {
      if (!this._enabled) {
        return clear(cell.node);
      }
      const { facts, fingerprint: now, restored } = follower.read(model);
      if (facts?.commit !== seen) {
        [seen, source] = [facts?.commit, now];
      }
      const open = () => this._open(seen ?? '');
      draw(cell.node, { facts, changed: seen !== undefined && source !== now, restored }, open, this._words);
    };
    const run = () => {
      source = follower.read(model).fingerprint; // the same commit again: the text is what ran
      redraw();
    };
    model.outputs.changed.connect(run);
    model.contentChanged.connect(redraw);
    redraw();
    const stop = () => {
      model.outputs.changed.disconnect(run);
      model.contentChanged.disconnect(redraw);
    };
    return { draw: redraw, stop };
  }
}
