import { Cell, CodeCell, ICodeCellModel } from '@jupyterlab/cells';
import { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { factsOf } from '../core/facts';
import { fingerprint, label } from '../core/source';
import { ICell } from '../core/states';

/** Executions whose messages may still come. */
const REMEMBERED = 20;
/** Seconds between the moment at which a cell began and the one at which its result was made, by the same clock. */
const TOLERANCE = 0.005;

/** What one notebook tells by itself: its cells, what their outputs say, and how their runs in this session went. */
export class NotebookFollower implements IDisposable {
  private _changed = new Signal<this, void>(this);
  private _ended = new Signal<this, void>(this);
  private _moved = new Signal<this, void>(this);
  /** Cells that were sent to the kernel, in this order: when each began to run, or null while it waits. */
  private _sent = new Map<string, number | null>();
  private _restored = new Map<string, boolean>();
  private _ranAs = new Map<string, string>();
  /** By the id of the request: which cell it runs, and when that began by the kernel's clock. */
  private _begun = new Map<string, { cell: string; at: number }>();
  private _known = new WeakMap<ICodeCellModel, ICell>();
  private _watched = new WeakSet<ICodeCellModel>();
  private _disposed = false;

  constructor(readonly panel: NotebookPanel) {
    const context = panel.sessionContext;
    context.iopubMessage.connect(this._onMessage, this);
    context.kernelChanged.connect(this._onKernel, this);
    context.statusChanged.connect(this._onStatus, this);
    panel.context.pathChanged.connect(this._onKernel, this);
  }

  /** How a cell stands is another than before. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A cell has ended, or its line has come: something may be stored that was not. */
  get ended(): ISignal<this, void> {
    return this._ended;
  }

  /** It has another kernel, or another path: its store may be another one. */
  get moved(): ISignal<this, void> {
    return this._moved;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  get kernel(): Kernel.IKernelConnection | null {
    return this.panel.sessionContext.session?.kernel ?? null;
  }

  /** Whether a cell runs. */
  get running(): boolean {
    return this._sent.size > 0;
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      Signal.clearData(this);
    }
  }

  /** The code cells, in their order. */
  cells(): ICell[] {
    return this._codeCells().map(cell => this.read(cell.model));
  }

  /** Whether a cell or an output speaks of the cache: only then its kernel may have a store. */
  get mentions(): boolean {
    return this._codeCells().some(({ model }) => {
      return model.sharedModel.getSource().includes('cashet') || this.read(model).facts !== null;
    });
  }

  /** One code cell, as it stands. */
  read(model: ICodeCellModel): ICell {
    const started = this._sent.get(model.id);
    return {
      ...(this._known.get(model) ?? this._readAnew(model)),
      started: started ?? null,
      queued: started === null,
      ranAs: this._ranAs.get(model.id) ?? null,
      restored: this._restored.get(model.id) ?? null
    };
  }

  /** A cell was sent to the kernel. */
  sent(cell: Cell): void {
    if (cell.model.type === 'code') {
      this._sent.set(cell.model.id, null);
      this._restored.delete(cell.model.id);
      this._ranAs.set(cell.model.id, fingerprint(cell.model.sharedModel.getSource()));
      this._changed.emit();
    }
  }

  /** A cell has come to its end. */
  done(cell: Cell, success: boolean): void {
    this._sent.delete(cell.model.id);
    if (!success) {
      this._sent.clear(); // what waited behind it is not run any more; if it is, the kernel says so
    }
    this._changed.emit();
    this._ended.emit();
  }

  private _codeCells(): CodeCell[] {
    const widgets = this.panel.isDisposed ? [] : this.panel.content.widgets;
    // A cell that is taken out of the notebook just now has no outputs any more, and may be listed still.
    return widgets.filter((cell): cell is CodeCell => cell.model.type === 'code' && !cell.model.isDisposed);
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
    this._known.set(model, cell);
    if (!this._watched.has(model)) {
      // For good, and before all others that listen: who draws when it changes reads what is new.
      this._watched.add(model);
      const forget = () => void this._known.delete(model);
      model.contentChanged.connect(forget);
      outputs.changed.connect(forget);
    }
    return cell;
  }

  private _onKernel(): void {
    this._forgetRunning();
    this._moved.emit();
  }

  /** After a restart nobody says of the cells that ran that they are done. */
  private _onStatus(_: unknown, status: string): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
      this._forgetRunning();
    }
  }

  private _forgetRunning(): void {
    this._sent.clear();
    this._begun.clear();
    this._changed.emit();
  }

  /** When a cell begins, and whether it was restored: by the kernel's own clock. */
  private _onMessage(_: unknown, message: KernelMessage.IMessage): void {
    const request = (message.parent_header as { msg_id?: string }).msg_id ?? '';
    if (message.header.msg_type === 'execute_input') {
      this._begin(request, Date.parse(message.header.date) / 1000);
      return;
    }
    const begun = this._begun.get(request);
    const facts = begun && factsOf([message.content as { metadata?: unknown }]);
    if (begun && facts?.created !== undefined) {
      this._restored.set(begun.cell, facts.created < begun.at - TOLERANCE);
      this._changed.emit();
      this._ended.emit();
    }
  }

  private _begin(request: string, at: number): void {
    const cell = this._cellOf(request);
    if (cell === undefined) {
      return;
    }
    this._begun.set(request, { cell, at });
    for (const old of [...this._begun.keys()].slice(0, -REMEMBERED)) {
      this._begun.delete(old);
    }
    this._sent.set(cell, Date.now() / 1000);
    this._changed.emit();
  }

  /** The cell that a request runs; if another front end has sent it, the one that waits for longest. */
  private _cellOf(request: string): string | undefined {
    const sender = this._codeCells().find(cell => cell.outputArea.future?.msg.header.msg_id === request);
    return sender?.model.id ?? [...this._sent].find(([, started]) => started === null)?.[0];
  }
}
