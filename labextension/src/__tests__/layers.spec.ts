import { drawGraph } from '../core/graph';
import { layout } from '../core/layers';
import { plainWords } from '../core/words';
import { row } from './row';

const edges = (...pairs: string[]) => pairs.map(pair => [pair[0], pair[1]] as [string, string]);
const layerOf = (found: ReturnType<typeof layout>) =>
  Object.fromEntries(found.nodes.map(node => [node.id, node.layer]));

test('what was made from something stands to its right', () => {
  expect(layerOf(layout(['c', 'a', 'b', 'd'], edges('ab', 'bc', 'ac', 'cd')))).toEqual({ a: 0, b: 1, c: 2, d: 3 });
});

test('no two nodes have one place', () => {
  const found = layout(['a', 'b', 'c', 'd', 'e'], edges('ac', 'bc', 'ad', 'be'));
  expect(new Set(found.nodes.map(node => `${node.layer}/${node.row}`)).size).toBe(5);
  expect(found.rows).toBe(3);
});

test('neighbours are brought side by side', () => {
  const found = layout(['a', 'b', 'x', 'y'], edges('ay', 'bx'));
  const at = Object.fromEntries(found.nodes.map(node => [node.id, node.row]));
  expect(at.a < at.b).toBe(at.y < at.x);
});

test('a cycle, an edge to nowhere and an edge to itself end', () => {
  const found = layout(['a', 'b'], edges('ab', 'ba', 'aa', 'az'));
  expect(found.nodes).toHaveLength(2);
});

test('nothing is laid out as nothing', () => {
  expect(layout([], [])).toEqual({ nodes: [], layers: 0, rows: 0 });
});

test('a graph is drawn with buttons for the other runs, and text is text', () => {
  const opened: string[] = [];
  const nodes = [row('a', { label: '<script>alert(1)</script>' }), row('b'), { id: 'c', gone: true as const }];
  const node = drawGraph({ of: 'b', nodes, edges: edges('ab', 'cb'), more: true }, id => opened.push(id), plainWords);
  expect(node.querySelectorAll('[role=button]')).toHaveLength(1);
  expect(node.querySelector('script')).toBeNull();
  expect(node.querySelectorAll('path')).toHaveLength(2);
  node.querySelector('[role=button]')!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
  node.querySelector('[role=button]')!.dispatchEvent(new MouseEvent('click'));
  expect(opened).toEqual(['a', 'a']);
  expect(node.textContent).toContain('There is more than is shown.');
});

test('a run that stands alone says so', () => {
  expect(drawGraph({ of: 'a', nodes: [row('a')], edges: [], more: false }, () => undefined, plainWords).tagName).toBe(
    'P'
  );
});
