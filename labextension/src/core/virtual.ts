import { h } from './dom';

/** How a list draws: each row has the same height, so that a hundred thousand cost what thirty do. */
export interface IDraw {
  /** What a row says, put into an element that is used again. */
  row(index: number, element: HTMLElement): void;
  /** A row was chosen: by a click, or by Enter; `other` with Shift. */
  open(index: number, other: boolean): void;
  /** A key that the list does not know; true if it was meant for the row. */
  key?(index: number, key: string): boolean;
  /** The end is near: more rows may be there. */
  near?(): void;
  /** A row that was pressed is let go of: what is new may be drawn. */
  released?(): void;
  /** Which one of its siblings a row is, from 1, and how many they are; -1 where nobody knows. */
  among?(index: number): [number, number];
}

/** Rows beyond the window that are drawn as well, so that scrolling does not show an empty place. */
const AROUND = 6;
/** What browsers can make high, in pixels; beyond, places are scaled. */
const HIGHEST = 8_000_000;
/** How a press ends, and after how many milliseconds it counts as one that has. */
const ENDS = ['pointerup', 'pointercancel'] as const;
const HELD = 2000;

/**
 * A list that holds in the page only what can be seen.
 *
 * The list itself has the focus and names the active row (`aria-activedescendant`): rows come and go while it is
 * scrolled, and a focused row that goes would take the focus along.
 */
export class VirtualList {
  readonly node: HTMLElement;
  private _inner: HTMLElement;
  private _rows = new Map<number, HTMLElement>();
  private _spare: HTMLElement[] = [];
  private _count = 0;
  private _active = 0;
  private _pressed = false;
  private _frame = 0;
  private _scrolled = 0;
  private readonly _prefix = `cashet-row-${++lists}-`;

  constructor(
    private _draw: IDraw,
    readonly rowHeight: number,
    label: string
  ) {
    this._inner = h('div', { class: 'jp-Cashet-rows', role: 'presentation' });
    this.node = h(
      'div',
      {
        class: 'jp-Cashet-list',
        role: 'tree',
        tabindex: 0,
        'aria-label': label,
        onscroll: () => this._later(),
        onkeydown: (event: KeyboardEvent) => this._onKey(event),
        onclick: (event: MouseEvent) => this._onClick(event),
        onmousedown: (event: MouseEvent) => this._onPress(event),
        onpointerdown: (event: PointerEvent) => this._hold(event)
      },
      this._inner
    );
  }

  get count(): number {
    return this._count;
  }

  get active(): number {
    return this._active;
  }

  /** Whether a row is being pressed: what it says stays until it is let go of, or the click would be lost. */
  get pressed(): boolean {
    return this._pressed;
  }

  /**
   * There are so many rows now; what they say may be different unless `grown`: then only their number is.
   *
   * `moved` tells where a row stands now (negative if it is gone): what was looked at stays where it is then, and what
   * was active stays active. Who looks at the very top sees what is new there.
   */
  update(count: number, grown = false, moved?: (index: number) => number): void {
    const [top, before] = [this._top(), this._count];
    const first = Math.floor(top / this.rowHeight);
    this._count = count;
    this._inner.style.height = `${Math.min(count * this.rowHeight, HIGHEST)}px`;
    if (moved && before > 0) {
      const active = moved(this._active);
      this._active = active >= 0 ? active : this._active;
      const now = top > 0 ? moved(first) : -1;
      if (now >= 0 && now !== first) {
        this._scrollTo(top + (now - first) * this.rowHeight);
      }
    }
    this._active = Math.max(0, Math.min(this._active, count - 1));
    this.redraw(!grown);
  }

  /** Back to the first row. */
  rewind(): void {
    this._active = 0;
    this._scrollTo(0);
  }

  /** It is in the page again: a place that was scrolled to is lost while it is not. */
  shown(): void {
    this.node.scrollTop = this._scrolled;
    this.redraw();
  }

  /** Draw again what can be seen; `all` also what was drawn before. */
  redraw(all = false): void {
    all &&= !this._pressed; // all of it is drawn when the row is let go of
    // All that is measured is measured before anything is written: the browser would lay out anew for each row.
    const [height, top] = [this._height, this._top()];
    const offset = this.node.scrollTop - top;
    const first = Math.max(0, Math.floor(top / this.rowHeight) - AROUND);
    const last = Math.min(this._count, Math.ceil((top + height) / this.rowHeight) + AROUND);
    for (const [index, element] of this._rows) {
      if (index < first || index >= last) {
        this._spare.push(element);
        this._rows.delete(index);
      }
    }
    for (let index = first; index < last; index++) {
      const known = this._rows.get(index);
      const element = known ?? this._take(index);
      if (!known || all) {
        this._draw.row(index, element);
      }
      this._place(index, element, offset);
    }
    this._spare.forEach(element => element.remove());
    this._order(first, last);
    this._name();
    if (this._draw.near && last + AROUND * 3 >= this._count) {
      this._draw.near();
    }
  }

  /** Draw one row again, if it can be seen. */
  touch(index: number): void {
    const element = this._rows.get(index);
    if (element && !this._pressed) {
      this._draw.row(index, element);
    }
  }

  /** Make a row the active one, and bring it into view. */
  activate(index: number): void {
    if (this._count === 0) {
      return;
    }
    this._active = Math.max(0, Math.min(index, this._count - 1));
    const [top, height] = [this._active * this.rowHeight, this._height];
    if (top < this._top()) {
      this._scrollTo(top);
    } else if (top + this.rowHeight > this._top() + height) {
      this._scrollTo(top + this.rowHeight - height);
    }
    this.redraw();
  }

  dispose(): void {
    cancelAnimationFrame(this._frame);
    this.node.remove();
  }

  private get _height(): number {
    return this.node.clientHeight || 600;
  }

  private get _scale(): number {
    const whole = this._count * this.rowHeight;
    return whole <= HIGHEST ? 1 : (whole - this._height) / (HIGHEST - this._height);
  }

  private _top(): number {
    return this.node.scrollTop * this._scale;
  }

  private _scrollTo(top: number): void {
    this.node.scrollTop = top / this._scale;
    this._scrolled = this.node.scrollTop;
  }

  private _take(index: number): HTMLElement {
    const element = this._spare.pop() ?? h('div', { class: 'jp-Cashet-row', role: 'treeitem' });
    element.id = `${this._prefix}${index}`;
    element.dataset.index = String(index);
    this._rows.set(index, element);
    return element;
  }

  /** Rows stand in the page in their order: who reads them one after the other does not see where they are drawn. */
  private _order(first: number, last: number): void {
    let there = this._inner.firstChild;
    for (let index = first; index < last; index++) {
      const element = this._rows.get(index)!;
      if (element === there) {
        there = there.nextSibling;
      } else {
        this._inner.insertBefore(element, there);
      }
    }
  }

  private _place(index: number, element: HTMLElement, offset: number): void {
    element.style.transform = `translateY(${index * this.rowHeight + offset}px)`;
    element.style.height = `${this.rowHeight}px`;
    const [place, siblings] = this._draw.among?.(index) ?? [index + 1, this._count];
    element.setAttribute('aria-posinset', String(place));
    element.setAttribute('aria-setsize', String(siblings));
    const active = index === this._active;
    element.classList.toggle('jp-mod-active', active);
    element.setAttribute('aria-selected', String(active));
  }

  private _name(): void {
    if (this._rows.has(this._active) && this._count > 0) {
      this.node.setAttribute('aria-activedescendant', `${this._prefix}${this._active}`);
    } else {
      this.node.removeAttribute('aria-activedescendant');
    }
  }

  private _later(): void {
    this._scrolled = this.node.scrollTop;
    cancelAnimationFrame(this._frame);
    this._frame = requestAnimationFrame(() => this.redraw());
  }

  /** With Shift a press would select text from the last one to here. */
  private _onPress(event: MouseEvent): void {
    if (event.shiftKey) {
      event.preventDefault();
      this.node.focus();
    }
  }

  /**
   * A browser sends no click if what was pressed has been replaced by the time it is let go of, which in a list that is
   * alive happens. A press on the scroll bar holds nothing.
   */
  private _hold(event: PointerEvent): void {
    if (this._pressed || !(event.target as HTMLElement).closest('.jp-Cashet-row')) {
      return;
    }
    this._pressed = true;
    const release = () => {
      window.clearTimeout(longest);
      ENDS.forEach(name => window.removeEventListener(name, release, true));
      window.setTimeout(() => this._release()); // after the click
    };
    const longest = window.setTimeout(release, HELD);
    ENDS.forEach(name => window.addEventListener(name, release, true));
  }

  private _release(): void {
    this._pressed = false;
    this._draw.released?.();
    this.redraw(true);
  }

  private _onClick(event: MouseEvent): void {
    const element = (event.target as HTMLElement).closest<HTMLElement>('.jp-Cashet-row');
    if (element?.dataset.index) {
      this.activate(Number(element.dataset.index));
      this._draw.open(this._active, event.shiftKey);
    }
  }

  private _onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const page = Math.max(1, Math.floor(this._height / this.rowHeight) - 1);
    const steps: Record<string, number> = {
      ArrowDown: this._active + 1,
      ArrowUp: this._active - 1,
      PageDown: this._active + page,
      PageUp: this._active - page,
      Home: 0,
      End: this._count - 1
    };
    if (event.key in steps) {
      this.activate(steps[event.key]);
    } else if (event.key === 'Enter' || event.key === ' ') {
      this._draw.open(this._active, event.shiftKey);
    } else if (!this._draw.key?.(this._active, event.key)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

let lists = 0;
