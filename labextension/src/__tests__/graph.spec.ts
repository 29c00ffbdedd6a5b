import { Graph, nearest } from '../core/graph';
import { layout } from '../core/layers';
import { IDescent } from '../core/types';
import { plainWords } from '../core/words';
import { row } from './row';

const SIZES = { width: 100, height: 40 };
const edges = (...pairs: string[]) => pairs.map(pair => [pair[0], pair[1]] as [string, string]);

test('what was made from something stands to its right', async () => {
  const { nodes } = await layout(['c', 'a', 'b', 'd'], edges('ab', 'bc', 'ac', 'cd'), SIZES);
  const [c, a, b, d] = nodes.map(node => node.x);
  expect([a < b, b < c, c < d]).toEqual([true, true, true]);
});

test('no two nodes cover each other, and all are in the drawing', async () => {
  const found = await layout(['a', 'b', 'c', 'd', 'e'], edges('ac', 'bc', 'ad', 'be'), SIZES);
  found.nodes.forEach((one, place) => {
    expect(one.x - 50).toBeGreaterThanOrEqual(0);
    expect(one.x + 50).toBeLessThanOrEqual(found.width);
    expect(one.y + 20).toBeLessThanOrEqual(found.height);
    for (const other of found.nodes.slice(place + 1)) {
      expect(Math.abs(one.x - other.x) >= 100 || Math.abs(one.y - other.y) >= 40).toBe(true);
    }
  });
});

test('a cycle, an edge to nowhere, an edge to itself and strange names end', async () => {
  const strange = ['__proto__', 'constructor', 'b'];
  const found = await layout(strange, [['__proto__', 'b'], ...edges('bb', 'bz'), ['b', '__proto__']], SIZES);
  expect(found.nodes.every(node => Number.isFinite(node.x) && Number.isFinite(node.y))).toBe(true);
  expect(found.edges.map(edge => [edge.from, edge.to])).toEqual([
    [0, 2],
    [2, 0]
  ]);
});

test('nothing is laid out as nothing', async () => {
  expect(await layout([], [], SIZES)).toMatchObject({ nodes: [], edges: [] });
});

test('the longest of many edges are drawn straight, none is left out', async () => {
  const ids = Array.from({ length: 30 }, (_, place) => String(place));
  const all = ids.flatMap((from, place) => ids.slice(place + 1).map(to => [from, to] as [string, string]));
  const found = await layout(ids, all, SIZES);
  expect(found.edges).toHaveLength(all.length);
  const straight = found.edges.filter(edge => edge.points.length === 2);
  expect(straight.length).toBeGreaterThan(0);
  expect(straight.every(edge => edge.to - edge.from > 1)).toBe(true);
});

test('arrows go to the nearest node in their direction', () => {
  const nodes = [
    { x: 0, y: 0 },
    { x: 100, y: 10 },
    { x: 100, y: 80 },
    { x: 300, y: 0 }
  ];
  expect(nearest(nodes, 0, [1, 0])).toBe(1);
  expect(nearest(nodes, 1, [0, 1])).toBe(2);
  expect(nearest(nodes, 2, [-1, 0])).toBe(0);
  expect(nearest(nodes, 3, [1, 0])).toBe(3);
});

async function drawn(descent: IDescent): Promise<[HTMLElement, string[]]> {
  const opened: string[] = [];
  const graph = new Graph(descent, id => opened.push(id), plainWords);
  await graph.draw();
  document.body.replaceChildren(graph.node);
  return [graph.node, opened];
}

test('a graph is drawn with buttons for the other runs, and text is text', async () => {
  const nodes = [row('a', { label: '<script>alert(1)</script>' }), row('b'), { id: 'c', gone: true as const }];
  const [node, opened] = await drawn({ of: 'b', nodes, edges: edges('ab', 'cb'), more: true });
  expect(node.querySelectorAll('[role=button]')).toHaveLength(1);
  expect(node.querySelector('script')).toBeNull();
  expect(node.querySelectorAll('.jp-Cashet-edge')).toHaveLength(2);
  node.querySelector('[role=button]')!.dispatchEvent(new MouseEvent('click'));
  expect(opened).toEqual(['a']);
  expect(node.textContent).toContain('There is more than is shown.');
});

test('one node is reached with Tab, the others with arrows, and Enter opens', async () => {
  const [node, opened] = await drawn({ of: 'b', nodes: [row('a'), row('b')], edges: edges('ab'), more: false });
  const stops = () => [...node.querySelectorAll<SVGElement>('[tabindex="0"]')];
  expect(stops().map(one => one.getAttribute('aria-label'))).toEqual(['b, b · 1.0 s · this run']);
  stops()[0].focus();
  const press = (key: string) =>
    document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  press('ArrowLeft');
  expect(stops()).toEqual([document.activeElement]);
  expect(node.querySelectorAll('.jp-Cashet-edge.jp-mod-lit')).toHaveLength(1);
  press('Enter');
  expect(opened).toEqual(['a']);
});

test('it is made larger and smaller', async () => {
  const [node] = await drawn({ of: 'b', nodes: [row('a'), row('b')], edges: edges('ab'), more: false });
  const width = () => Number(node.querySelector('svg')!.getAttribute('width'));
  const before = width();
  node.querySelector<HTMLElement>('[aria-label=Larger]')!.click();
  expect(width()).toBeGreaterThan(before);
  node.querySelector<HTMLElement>('[aria-label=Smaller]')!.click();
  node.querySelector<HTMLElement>('[aria-label=Smaller]')!.click();
  expect(width()).toBeLessThan(before);
});
