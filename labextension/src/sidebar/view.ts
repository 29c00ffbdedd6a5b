import { VirtualList } from '../core/virtual';

/** One of the views of the sidebar. */
export type View = 'cells' | 'runs' | 'storage';

/** What the panel asks others to do. */
export interface IPanelActions {
  /** Show the page of a run. */
  openRun(id: string): void;
  /** Show two runs side by side. */
  compare(old: string, now: string): void;
  /** Bring a cell of the notebook into view. */
  revealCell(id: string): void;
}

/** What the views ask of one another, through the panel. */
export interface IViews extends IPanelActions {
  /** Show the runs that a search finds. */
  find(search: string, whole?: boolean): void;
  /** Say something to those who do not see it. */
  say(text: string): void;
  /** Draw again: something that several views show is different. */
  refresh(): void;
}

/** Height of a row in pixels: two lines of text. */
export const ROW = 46;

/** A view that is a list of lines of which only those that can be seen are in the page. */
export abstract class ListView<L> {
  abstract readonly node: HTMLElement;
  readonly list: VirtualList;
  protected lines: L[] = [];
  private _waiting: (() => void) | null = null;

  constructor(label: string) {
    this.list = new VirtualList(
      {
        row: (index, element) => this._row(index, element),
        open: (index, other) => this.lines[index] && this.choose(this.lines[index], other),
        key: (index, key) => this.lines[index] !== undefined && this.key(this.lines[index], key, index),
        near: () => this.near(),
        released: () => this._released(),
        among: index => (this.lines[index] ? this.among(this.lines[index], index) : [index + 1, -1])
      },
      ROW,
      label
    );
  }

  /** How many lines there are. */
  get count(): number {
    return this.lines.length;
  }

  /** Fetch and draw what may be different. */
  abstract refresh(): void;

  /** Only what counts up is different, or which cell is the active one. */
  tick(): void {
    this.list.redraw(true);
  }

  /** The view is in the page again. */
  shown(): void {
    this.list.shown();
  }

  focus(): void {
    this.list.node.focus();
  }

  dispose(): void {
    this.list.dispose();
  }

  /** By which a line is known again. */
  protected abstract keyOf(line: L): string;
  protected abstract draw(line: L, element: HTMLElement): void;
  protected abstract choose(line: L, other: boolean): void;
  protected abstract among(line: L, index: number): [number, number];

  /** A key on a line; true if it means something there. */
  protected key(_line: L, _key: string, _index: number): boolean {
    return false;
  }

  protected near(): void {
    // all lines are there
  }

  /** These are the lines now; what was looked at stays where it was. */
  protected put(lines: L[], grown = false): void {
    if (this.list.pressed) {
      this._waiting = () => this.put(lines, grown); // what is pressed is what is chosen
      return;
    }
    const old = this.lines;
    this.lines = lines;
    this.list.update(lines.length, grown, index => {
      const line = old[index];
      const key = line === undefined ? '' : this.keyOf(line);
      return line === undefined ? -1 : lines.findIndex(one => this.keyOf(one) === key);
    });
  }

  private _released(): void {
    const put = this._waiting;
    this._waiting = null;
    put?.();
  }

  private _row(index: number, element: HTMLElement): void {
    const line = this.lines[index];
    if (!line) {
      return element.replaceChildren();
    }
    for (const name of ['aria-expanded', 'aria-current', 'aria-label', 'data-run', 'data-cell', 'data-mark']) {
      element.removeAttribute(name);
    }
    element.className = 'jp-Cashet-row';
    element.classList.toggle('jp-mod-active', index === this.list.active);
    this.draw(line, element);
  }
}
