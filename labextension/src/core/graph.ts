import { fill, h, s } from './dom';
import { duration, short } from './format';
import { ILayout, IPoint, layout } from './layers';
import { IDescent, IRow } from './types';
import { IWords } from './words';

const WIDTH = 176;
const HEIGHT = 44;
const LETTERS = 23;
const ZOOMS = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2];
const PLAIN = ZOOMS.indexOf(1);
/** No smaller unless it is asked for. */
const READABLE = ZOOMS.indexOf(0.7);

/** What a run was made from and what was made from it: nodes that open runs, in a drawing that zooms and scrolls. */
export class Graph {
  readonly node = h('div', { class: 'jp-Cashet-graph' });
  private _nodes: SVGElement[] = [];
  private _edges: SVGElement[] = [];
  private _svg: SVGElement | null = null;
  private _window = h('div', { class: 'jp-Cashet-drawing' });
  private _placed: ILayout = { nodes: [], edges: [], width: 0, height: 0 };
  private _zoom = PLAIN;

  constructor(
    private _descent: IDescent,
    private _open: (id: string) => void,
    private _words: IWords
  ) {}

  /** Lay it out and draw it. */
  async draw(): Promise<void> {
    const { nodes, edges, more } = this._descent;
    const words = this._words;
    const ids = nodes.map(node => node.id);
    this._placed = await layout(ids, edges, { width: WIDTH, height: HEIGHT });
    this._edges = this._placed.edges.map(edge => drawEdge(edge.points, this._placed.nodes[edge.to]));
    this._nodes = nodes.map((_, place) => this._drawNode(place));
    const label = words.__('Where the run comes from: arrows go through it, Enter opens a run');
    this._svg = s('svg', { role: 'group', 'aria-label': label }, ...this._edges, ...this._nodes);
    this._window.append(this._svg);
    this._window.addEventListener('keydown', event => this._onKey(event));
    this._window.addEventListener('wheel', event => this._onWheel(event), { passive: false });
    this._window.addEventListener('pointerdown', event => this._onDrag(event));
    const cut = more ? h('p', { class: 'jp-Cashet-quiet' }, words.__('There is more than is shown.')) : null;
    fill(this.node, this._controls(), this._window, cut);
    this._scale(Math.max(this._fitting(), READABLE));
    const own = Math.max(0, ids.indexOf(this._descent.of));
    this._choose(own);
    this._center(own);
  }

  private _controls(): HTMLElement {
    const words = this._words;
    const one = (sign: string, name: string, act: () => void) =>
      h('button', { type: 'button', class: 'jp-Cashet-button', 'aria-label': name, title: name, onclick: act }, sign);
    return h(
      'div',
      { class: 'jp-Cashet-zoom', role: 'group', 'aria-label': words.__('Size of the drawing') },
      one('−', words.__('Smaller'), () => this._scale(this._zoom - 1)),
      one('+', words.__('Larger'), () => this._scale(this._zoom + 1)),
      one('⤢', words.__('All of it'), () => this._scale(this._fitting()))
    );
  }

  private _drawNode(place: number): SVGElement {
    const { id } = this._descent.nodes[place];
    const gone = 'gone' in this._descent.nodes[place];
    const row = this._descent.nodes[place] as IRow;
    const own = id === this._descent.of;
    const [name, line] = this._told(id, gone ? null : row, own);
    const at = this._placed.nodes[place];
    const classes = [own && 'jp-mod-own', gone && 'jp-mod-gone', row.status === 'failed' && 'jp-mod-failed'];
    return s(
      'g',
      {
        class: ['jp-Cashet-node', ...classes.filter(Boolean)].join(' '),
        transform: `translate(${at.x - WIDTH / 2} ${at.y - HEIGHT / 2})`,
        role: gone || own ? 'img' : 'button',
        tabindex: -1,
        'aria-label': `${name}, ${line}`,
        onclick: () => this._act(place),
        onfocus: () => this._light(place, true),
        onblur: () => this._light(place, false),
        onpointerenter: () => this._light(place, true),
        onpointerleave: () => this._light(place, false)
      },
      s('title', {}, `${name}\n${line}`),
      s('rect', { width: WIDTH, height: HEIGHT, rx: 4 }),
      s('text', { x: 10, y: 18 }, cut(name, LETTERS)),
      s('text', { x: 10, y: 35, class: 'jp-Cashet-quiet' }, cut(line, LETTERS + 5))
    );
  }

  private _told(id: string, row: IRow | null, own: boolean): [string, string] {
    const words = this._words;
    if (!row) {
      return [words.__('not there any more'), short(id)];
    }
    const state = own ? words.__('this run') : row.status === 'failed' ? words.__('✕ failed') : '';
    const facts = [short(id), row.damaged ? words.__('damaged') : duration(row.seconds), state];
    return [row.function || row.label || short(id), facts.filter(Boolean).join(' · ')];
  }

  private _act(place: number): void {
    const node = this._descent.nodes[place];
    this._choose(place);
    if (!('gone' in node) && node.id !== this._descent.of) {
      this._open(node.id);
    }
  }

  /** The node that Tab comes to. */
  private _choose(place: number, focus = false): void {
    this._nodes.forEach((node, other) => node.setAttribute('tabindex', other === place ? '0' : '-1'));
    if (focus) {
      this._nodes[place]?.focus();
      this._nodes[place]?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
    }
  }

  /** Everything that a node comes from and that comes from it. */
  private _light(place: number, on: boolean): void {
    const edges = this._placed.edges;
    for (const [near, far] of [['from', 'to'] as const, ['to', 'from'] as const]) {
      const reached = new Set([place]);
      for (const one of reached) {
        edges.forEach((edge, number) => {
          if (edge[near] === one) {
            reached.add(edge[far]); // a set that grows is gone through to its end
            this._edges[number].classList.toggle('jp-mod-lit', on);
          }
        });
      }
    }
  }

  private _onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const here = this._nodes.indexOf(event.target as SVGElement);
    const way: Record<string, [number, number]> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1]
    };
    const zoom: Record<string, number> = { '+': this._zoom + 1, '-': this._zoom - 1, '0': PLAIN };
    if (event.key in zoom) {
      this._scale(zoom[event.key]);
    } else if (here >= 0 && event.key in way) {
      const next = nearest(this._placed.nodes, here, way[event.key]);
      this._choose(next, true);
    } else if (here >= 0 && (event.key === 'Enter' || event.key === ' ')) {
      this._act(here);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** A wheel alone scrolls the page, as everywhere; with Ctrl, or two fingers, it zooms. */
  private _onWheel(event: WheelEvent): void {
    if (event.ctrlKey) {
      event.preventDefault();
      this._scale(this._zoom + (event.deltaY < 0 ? 1 : -1));
    }
  }

  private _onDrag(event: PointerEvent): void {
    if (event.button !== 0 || (event.target as Element).closest('.jp-Cashet-node')) {
      return;
    }
    const [x, y, left, top] = [event.clientX, event.clientY, this._window.scrollLeft, this._window.scrollTop];
    const move = (now: PointerEvent) => {
      this._window.scrollLeft = left - (now.clientX - x);
      this._window.scrollTop = top - (now.clientY - y);
    };
    this._window.setPointerCapture(event.pointerId);
    this._window.addEventListener('pointermove', move);
    const end = () => this._window.removeEventListener('pointermove', move);
    this._window.addEventListener('lostpointercapture', end, { once: true });
  }

  /** The largest size at which all of it is as wide as its place, but never larger than plain. */
  private _fitting(): number {
    const room = this._window.clientWidth || this._placed.width;
    const fits = ZOOMS.filter((zoom, place) => place <= PLAIN && this._placed.width * zoom <= room);
    return ZOOMS.indexOf(Math.max(...fits, ZOOMS[0]));
  }

  /** What is in the middle stays there. */
  private _scale(zoom: number): void {
    const window = this._window;
    const before = ZOOMS[this._zoom];
    this._zoom = Math.max(0, Math.min(zoom, ZOOMS.length - 1));
    const now = ZOOMS[this._zoom];
    const { width, height } = this._placed;
    this._svg?.setAttribute('width', String(width * now));
    this._svg?.setAttribute('height', String(height * now));
    this._svg?.setAttribute('viewBox', `0 0 ${width} ${height}`);
    window.scrollLeft = ((window.scrollLeft + window.clientWidth / 2) * now) / before - window.clientWidth / 2;
    window.scrollTop = ((window.scrollTop + window.clientHeight / 2) * now) / before - window.clientHeight / 2;
  }

  private _center(place: number): void {
    const at = this._placed.nodes[place];
    if (at) {
      this._window.scrollLeft = at.x * ZOOMS[this._zoom] - this._window.clientWidth / 2;
      this._window.scrollTop = at.y * ZOOMS[this._zoom] - this._window.clientHeight / 2;
    }
  }
}

/** The node that is nearest in a direction; itself where there is none. Aside counts twice as far as ahead. */
export function nearest(nodes: IPoint[], here: number, [x, y]: [number, number]): number {
  let [found, least] = [here, Infinity];
  nodes.forEach((node, place) => {
    const [dx, dy] = [node.x - nodes[here].x, node.y - nodes[here].y];
    const ahead = dx * x + dy * y;
    const far = ahead + 2 * Math.abs(dx * y + dy * x);
    if (ahead > 0 && far < least) {
      [found, least] = [place, far];
    }
  });
  return found;
}

/** A curve through the points of an edge, and its head. */
function drawEdge(points: IPoint[], to: IPoint): SVGElement {
  const end = { x: to.x - WIDTH / 2, y: to.y };
  const way = [...points.slice(0, -1), { x: end.x - 6, y: end.y }];
  let path = `M ${way[0].x} ${way[0].y}`;
  for (let place = 1; place < way.length; place++) {
    const [from, next] = [way[place - 1], way[place]];
    const bend = (from.x + next.x) / 2;
    path += ` C ${bend} ${from.y}, ${bend} ${next.y}, ${next.x} ${next.y}`;
  }
  const head = `M ${end.x} ${end.y} l -7 -4 v 8 z`;
  return s('g', { class: 'jp-Cashet-edge' }, s('path', { d: path }), s('path', { class: 'jp-Cashet-head', d: head }));
}

function cut(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}
