import { readPreview } from '../core/readpreview';
import { drawPreview } from '../core/drawpreview';
import { plainWords } from '../core/words';

const table = (rows: unknown[], more: object = {}) => ({
  kind: 'table',
  columns: ['x', 'y'],
  types: ['int64', 'float64'],
  rows,
  shape: [1000, 2],
  ...more
});
const cells = (node: HTMLElement) => [...node.querySelectorAll('td')].map(cell => cell.textContent);
const marks = (node: HTMLElement) => [...node.querySelectorAll('mark')].map(mark => mark.textContent);

test('the head of a frame is drawn with its types and its size', () => {
  const node = drawPreview(table([['1', '2.5']]), plainWords)!;
  expect([...node.querySelectorAll('th')].map(head => head.textContent)).toEqual(['xint64', 'yfloat64']);
  expect(cells(node)).toEqual(['1', '2.5']);
  expect(node.textContent).toContain('1 of 1,000 rows, 2 columns');
});

test('cells that the other run does not have are marked, by the name of the column', () => {
  const before = table(
    [
      ['1', '2'],
      ['3', '4']
    ],
    { columns: ['y', 'x'], types: ['float64', 'int64'] }
  );
  const node = drawPreview(
    table([
      ['2', '1'],
      ['5', '3']
    ]),
    plainWords,
    before
  )!;
  expect(marks(node)).toEqual(['5']);
});

test('a column that is new is marked with its cells', () => {
  const before = table([['1']], { columns: ['x'], types: ['int64'] });
  expect(marks(drawPreview(table([['1', '2']]), plainWords, before)!)).toEqual(['y', '2']);
});

test('an array tells its type, shape and range; one dimension is one row', () => {
  const given = { kind: 'array', dtype: 'float32', shape: [3], rows: ['0.0', '1.0', '2.0'], range: [0, 2] };
  const node = drawPreview(given, plainWords)!;
  expect(node.querySelectorAll('tr')).toHaveLength(1);
  expect(node.textContent).toContain('type float32 · shape 3 · from 0 to 2');
  expect(marks(drawPreview(given, plainWords, { ...given, rows: ['0.0', '7.0', '2.0'] })!)).toEqual(['1.0']);
});

test('items say how many more there are', () => {
  const node = drawPreview({ kind: 'items', items: ['1', '2'], count: 9 }, plainWords, null)!;
  expect(node.querySelectorAll('li')).toHaveLength(2);
  expect(node.textContent).toContain('and 7 more');
});

test('what is of another kind is not compared', () => {
  const items = { kind: 'items', items: ['1'], count: 1 };
  expect(marks(drawPreview(items, plainWords, table([['1', '2']]))!)).toEqual([]);
});

test.each([
  null,
  undefined,
  7,
  'table',
  [],
  {},
  { kind: 'table' },
  { kind: 'table', columns: 'x', rows: [] },
  { kind: 'array', rows: 'x' },
  { kind: 'items', items: { length: 3 } },
  { kind: 'constructor' }
])('what is no preview is left out: %p', given => {
  expect(readPreview(given)).toBeNull();
  expect(drawPreview(given, plainWords)).toBeNull();
});

test('a record by somebody else is drawn as text, within bounds', () => {
  const wide = Array.from({ length: 500 }, () => '<img src=x onerror=alert(1)>'.repeat(100));
  const hostile = { kind: 'table', columns: wide, types: [{}], rows: Array(900).fill(wide), shape: ['x', NaN] };
  const node = drawPreview(hostile, plainWords, { kind: 'table', columns: [null], types: 3, rows: [7] })!;
  expect(node.querySelector('img')).toBeNull();
  expect(node.querySelectorAll('td').length).toBeLessThanOrEqual(40 * 40);
  expect(node.textContent!.length).toBeLessThan(40 * 41 * 400 + 1000);
});
