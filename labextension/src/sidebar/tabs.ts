import { h } from '../core/dom';
import { View } from './view';

/** The tabs of the sidebar; one of them is in the order of the Tab key, arrows go to the others. */
export class Tabs {
  readonly node: HTMLElement;
  private _tabs = new Map<View, HTMLButtonElement>();
  private readonly _name = `cashet-tabs-${++made}`;

  constructor(
    views: [View, string][],
    panel: HTMLElement,
    label: string,
    private _choose: (view: View) => void
  ) {
    panel.id = `${this._name}-panel`;
    for (const [view, text] of views) {
      const attributes = {
        id: `${this._name}-${view}`,
        class: 'jp-Cashet-tab',
        role: 'tab',
        type: 'button',
        'aria-controls': panel.id,
        onclick: () => this._choose(view)
      };
      this._tabs.set(view, h('button', attributes, text));
    }
    this.node = h(
      'div',
      {
        class: 'jp-Cashet-tabs',
        role: 'tablist',
        'aria-label': label,
        onkeydown: (event: KeyboardEvent) => this._onKey(event)
      },
      ...this._tabs.values()
    );
  }

  /** Mark the tab of the view that is shown; its panel is named after it. */
  mark(view: View, panel: HTMLElement): void {
    for (const [name, tab] of this._tabs) {
      tab.setAttribute('aria-selected', String(name === view));
      tab.tabIndex = name === view ? 0 : -1;
    }
    panel.setAttribute('aria-labelledby', this._tabs.get(view)!.id);
  }

  private _onKey(event: KeyboardEvent): void {
    const views = [...this._tabs.keys()];
    const now = views.findIndex(view => this._tabs.get(view)!.tabIndex === 0);
    const steps: Record<string, number> = {
      ArrowLeft: (now + views.length - 1) % views.length,
      ArrowRight: (now + 1) % views.length,
      Home: 0,
      End: views.length - 1
    };
    if (event.key in steps && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const view = views[steps[event.key]];
      this._choose(view);
      this._tabs.get(view)!.focus();
      event.preventDefault();
    }
  }
}

let made = 0;
