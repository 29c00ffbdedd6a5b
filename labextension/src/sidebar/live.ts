import { h } from '../core/dom';

/** Tells those who do not see the panel what has happened in it. */
export class Live {
  readonly node = h('div', { class: 'jp-Cashet-live', role: 'status', 'aria-live': 'polite' });
  private _timer = 0;

  /** Say something, once; what was to be said before and was not yet is not said any more. */
  readonly say = (text: string): void => {
    window.clearTimeout(this._timer);
    // The same text is only read again if there was another one between.
    this.node.textContent = '';
    this._timer = window.setTimeout(() => (this.node.textContent = text), 50);
  };

  dispose(): void {
    window.clearTimeout(this._timer);
  }
}
