import { Event } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';

const SCHEMA_ID = 'https://schema.jupyter.org/cashet_jupyter/store/v1';
/** Milliseconds after which the lease on the server's watch is renewed; it lasts for 30 s. */
const RENEWAL = 15000;
/** Milliseconds after which a kernel is asked, which tells of nothing by itself. */
const ASKING = 10000;
/** Milliseconds that a change is waited for more changes. */
const GATHER = 80;

/** When a store is to be asked again: a while after it was, or soon after something happened - if anybody looks. */
export class Lease implements IDisposable {
  private _timer = 0;
  private _gather = 0;
  private _gatherAt = 0;
  private _visible = false;
  private _disposed = false;
  private _store = '';
  private _version = -1;

  constructor(
    private _events: Event.IManager | undefined,
    private _due: () => void
  ) {
    _events?.stream.connect(this._onEvent, this);
    document.addEventListener('visibilitychange', this._onVisibility);
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Whether anybody looks: only then a server is asked to watch. */
  get open(): boolean {
    return this._visible && !document.hidden && !this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    this._events?.stream.disconnect(this._onEvent, this);
    document.removeEventListener('visibilitychange', this._onVisibility);
    window.clearTimeout(this._timer);
    window.clearTimeout(this._gather);
  }

  setVisible(visible: boolean): void {
    this._visible = visible;
    if (!visible) {
      window.clearTimeout(this._timer);
    }
  }

  /** It was asked just now, of somebody who tells of changes by himself or not. */
  renewed(told: boolean): void {
    window.clearTimeout(this._timer);
    if (this.open) {
      this._timer = window.setTimeout(this._due, told ? RENEWAL : ASKING);
    }
  }

  /** Which version of which store is known by now; whether that is news. */
  knows(store: string, version: number): boolean {
    const news = store !== this._store || version !== this._version;
    [this._store, this._version] = [store, version];
    return news;
  }

  /** Whatever is known need not hold any more. */
  forget(): void {
    this._version = -1;
  }

  /** Something has happened, and more may; a cell that goes on printing does not put it off for ever. */
  soon(wait = GATHER): void {
    const at = Date.now() + wait;
    if (this._gather && this._gatherAt <= at) {
      return;
    }
    window.clearTimeout(this._gather);
    this._gatherAt = at;
    this._gather = window.setTimeout(() => {
      this._gather = 0;
      this._due();
    }, wait);
  }

  private _onEvent(_: Event.IManager, event: Event.Emission): void {
    const content = event as unknown as { schema_id: string; store?: string; version?: number };
    const mine = content.schema_id === SCHEMA_ID && content.store === this._store;
    if (mine && content.version !== this._version) {
      this.soon();
    }
  }

  private _onVisibility = (): void => {
    if (!document.hidden) {
      this._due();
    }
  };
}
