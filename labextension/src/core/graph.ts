import { h, s } from './dom';
import { duration, short } from './format';
import { layout } from './layers';
import { IDescent, IRow } from './types';
import { IWords } from './words';

const WIDTH = 168;
const HEIGHT = 44;
const GAP_X = 56;
const GAP_Y = 14;
const LETTERS = 22;

/** What a run was made from and what was made from it, as a drawing whose nodes are buttons. */
export function drawGraph(descent: IDescent, open: (id: string) => void, words: IWords): HTMLElement {
  if (descent.nodes.length < 2) {
    return h(
      'p',
      { class: 'jp-Cashet-quiet' },
      words.__('It read nothing that a cached cell had left, and nothing was made from it.')
    );
  }
  const placed = layout(
    descent.nodes.map(node => node.id),
    descent.edges
  );
  const at = new Map(
    placed.nodes.map(node => [node.id, { x: node.layer * (WIDTH + GAP_X) + 2, y: node.row * (HEIGHT + GAP_Y) + 2 }])
  );
  const size = {
    width: placed.layers * (WIDTH + GAP_X) - GAP_X + 4,
    height: placed.rows * (HEIGHT + GAP_Y) - GAP_Y + 4
  };
  const edges = descent.edges
    .filter(([from, to]) => at.has(from) && at.has(to))
    .map(([from, to]) => edge(at.get(from)!, at.get(to)!));
  const nodes = descent.nodes.map(node => drawNode(node, node.id === descent.of, at.get(node.id)!, open, words));
  const drawing = s(
    'svg',
    {
      ...size,
      viewBox: `0 0 ${size.width} ${size.height}`,
      role: 'group',
      'aria-label': words.__('Where the run comes from')
    },
    ...edges,
    ...nodes
  );
  const note = descent.more ? h('p', { class: 'jp-Cashet-quiet' }, words.__('There is more than is shown.')) : '';
  return h('div', { class: 'jp-Cashet-drawing' }, drawing, note);
}

interface IPoint {
  x: number;
  y: number;
}

function edge(from: IPoint, to: IPoint): SVGElement {
  const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.x, to.y + HEIGHT / 2];
  const bend = (x1 + x2) / 2;
  return s('path', { class: 'jp-Cashet-edge', d: `M ${x1} ${y1} C ${bend} ${y1}, ${bend} ${y2}, ${x2} ${y2}` });
}

function drawNode(
  node: IDescent['nodes'][number],
  own: boolean,
  at: IPoint,
  open: (id: string) => void,
  words: IWords
): SVGElement {
  const gone = 'gone' in node;
  const row = node as IRow;
  const name = gone ? words.__('not there any more') : row.label || row.function || short(row.id);
  const line = gone ? short(node.id) : `${short(row.id)} · ${duration(row.seconds)}`;
  const state = own ? ' jp-mod-own' : gone ? ' jp-mod-gone' : '';
  const act =
    gone || own
      ? {}
      : {
          tabindex: 0,
          role: 'button',
          onclick: () => open(node.id),
          onkeydown: (event: KeyboardEvent) => onKey(event, () => open(node.id))
        };
  return s(
    'g',
    {
      class: `jp-Cashet-node${state}`,
      transform: `translate(${at.x} ${at.y})`,
      'aria-label': `${name}, ${line}`,
      ...(gone || own ? { role: 'img' } : {}),
      ...act
    },
    s('title', {}, `${name}\n${line}`),
    s('rect', { width: WIDTH, height: HEIGHT, rx: 4 }),
    s('text', { x: 10, y: 18 }, cut(name)),
    s('text', { x: 10, y: 35, class: 'jp-Cashet-quiet' }, line)
  );
}

function onKey(event: KeyboardEvent, act: () => void): void {
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    act();
  }
}

function cut(text: string): string {
  return text.length <= LETTERS ? text : `${text.slice(0, LETTERS - 1)}…`;
}
