import { plainWords } from '../core/words';
import { CellsView } from '../sidebar/cells';
import { message } from '../sidebar/empty';
import { Pair } from '../sidebar/pair';
import { RunsView } from '../sidebar/runs';
import { StatusBar } from '../sidebar/status';
import { StorageView } from '../sidebar/storage';
import { IViews } from '../sidebar/view';
import { asModel, cell, history, settled, STATS } from './history';
import { row } from './row';

const HOSTILE = '<img src=x onerror=alert(1)>';

function asked() {
  const found: unknown[][] = [];
  const keep =
    (name: string) =>
    (...given: unknown[]): void =>
      void found.push([name, ...given]);
  const views: IViews = {
    openRun: keep('open'),
    compare: keep('compare'),
    revealCell: keep('reveal'),
    find: keep('find'),
    say: keep('say'),
    refresh: keep('refresh')
  };
  return { found, views, pair: new Pair(views.compare) };
}

const texts = (node: HTMLElement, selector: string) =>
  [...node.querySelectorAll(selector)].map(one => one.textContent ?? '');
const press = (node: HTMLElement, key: string) =>
  node.querySelector('[role=tree]')!.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));
const levels = (node: HTMLElement) =>
  [...node.querySelectorAll('.jp-Cashet-row')].map(one => [
    one.getAttribute('aria-level'),
    one.getAttribute('aria-posinset'),
    one.getAttribute('aria-setsize')
  ]);

test('an open cell has its runs below, or the reason why there are none', async () => {
  const refused = cell('b', {
    facts: { status: 'not stored', reason: 'a lock cannot be stored; --partial stores the rest' }
  });
  const model = history([cell('a'), refused], [row('r1', { cell: 'a' }), row('r2', { cell: 'a' })]);
  const { views, pair } = asked();
  const view = new CellsView(asModel(model), views, pair, plainWords);
  views.refresh = () => view.refresh();
  view.refresh();
  expect(texts(view.node, '.jp-Cashet-first')).toEqual(['a = 1', 'b = 1']);
  press(view.node, 'ArrowRight');
  await settled();
  expect(texts(view.node, '.jp-Cashet-first')).toEqual(['a = 1', 'r1', 'r2', 'b = 1']);
  expect(levels(view.node)).toEqual([
    ['1', '1', '2'],
    ['2', '1', '2'],
    ['2', '2', '2'],
    ['1', '2', '2']
  ]);
  press(view.node, 'End');
  press(view.node, 'ArrowRight');
  await settled();
  expect(texts(view.node, '.jp-Cashet-note')).toEqual([
    'Not stored: a lock cannot be stored',
    '--partial stores the rest',
    'No runs are stored.'
  ]);
});

test('arrows go into an open cell and back to it', async () => {
  const model = history([cell('a')], [row('r1', { cell: 'a' })]);
  const { found, views, pair } = asked();
  const view = new CellsView(asModel(model), views, pair, plainWords);
  views.refresh = () => view.refresh();
  view.refresh();
  press(view.node, 'ArrowRight');
  await settled();
  press(view.node, 'ArrowRight');
  expect(view.list.active).toBe(1);
  press(view.node, 'Enter');
  expect(found).toEqual([['open', 'r1']]);
  press(view.node, 'ArrowLeft');
  expect(view.list.active).toBe(0);
  press(view.node, 'ArrowLeft');
  expect(view.count).toBe(1);
});

test('of a cell that was running it is said how it ended', () => {
  const running = cell('a', { started: 990 });
  const cells = [running];
  const model = history(cells);
  const { found, views, pair } = asked();
  const view = new CellsView(asModel(model), views, pair, plainWords);
  view.refresh();
  expect(found).toEqual([]);
  cells[0] = { ...running, started: null, facts: { status: 'not stored', reason: 'it reads the clock' } };
  view.refresh();
  view.refresh();
  expect(found).toEqual([['say', 'a = 1: not stored: it reads the clock']]);
});

test('two runs that are picked are compared, the older one first', () => {
  const model = history([], [row('new', { created: 2 }), row('old', { created: 1 })]);
  const { found, views, pair } = asked();
  const view = new RunsView(asModel(model), views, pair, plainWords);
  view.refresh();
  press(view.node, 'c');
  press(view.node, 'ArrowDown');
  press(view.node, 'c');
  expect(found.filter(([name]) => name === 'compare')).toEqual([['compare', 'old', 'new']]);
});

test('what was found stays until something else is, and that is told', () => {
  const model = history([], [row('r1')]);
  const { found, views, pair } = asked();
  const view = new RunsView(asModel(model), views, pair, plainWords);
  view.refresh();
  model.search = 'other';
  model.runs.clear();
  view.refresh();
  expect([view.count, found]).toEqual([1, []]);
  model.runs.append({ runs: [], next: '' });
  view.refresh();
  expect([view.count, found]).toEqual([0, [['say', 'Nothing was found.']]]);
  model.stats = null; // another notebook
  model.runs.clear();
  view.refresh();
  expect(view.count).toBe(0);
});

test('what a run is called and tagged with stays text', () => {
  const hostile = row('r', { label: HOSTILE, notebook: HOSTILE, tags: { [HOSTILE]: HOSTILE }, damaged: undefined });
  const model = history([cell('a', { label: HOSTILE })], [hostile, row('s', { damaged: HOSTILE })]);
  model.whole = true;
  const { found, views, pair } = asked();
  const view = new RunsView(asModel(model), views, pair, plainWords);
  view.refresh();
  expect(view.node.querySelector('img')).toBeNull();
  expect(texts(view.node, '.jp-Cashet-titled > span:first-child')[0]).toBe(HOSTILE);
  view.node.querySelector<HTMLElement>('.jp-mod-tag')!.click();
  expect(found).toEqual([['find', 'tag:"<img src=x onerror=alert(1)>=<img src=x onerror=alert(1)>"']]);
});

test('what takes space is a tree of notebooks and their cells', async () => {
  const model = history();
  const { found, views } = asked();
  const view = new StorageView(asModel(model), views, plainWords);
  view.refresh();
  await settled();
  expect(texts(view.node, '.jp-Cashet-first')).toEqual(['x.ipynb', 'frame = load()']);
  expect(texts(view.node, '.jp-Cashet-second')[0]).toBe('400 B · 100 % · 2 runs · saved 1 min');
  expect(view.node.textContent).toContain('900 B if nothing were shared');
  press(view.node, 'End');
  press(view.node, 'Enter');
  expect(found).toEqual([['find', 'cell:c1', true]]);
  press(view.node, 'ArrowLeft');
  press(view.node, 'ArrowLeft');
  expect(view.count).toBe(1);
});

test('nothing is removed that was not looked at, and what was is told', async () => {
  const model = history();
  const { found, views } = asked();
  const view = new StorageView(asModel(model), views, plainWords);
  document.body.replaceChildren(view.node);
  view.refresh();
  view.node.querySelector<HTMLElement>('.jp-Cashet-top button')!.click();
  const remove = view.node.querySelector<HTMLButtonElement>('.jp-mod-danger')!;
  expect(remove.disabled).toBe(true);
  await settled();
  expect(view.node.querySelector('.jp-Cashet-summary')!.textContent).toBe('3 runs would go, which frees 300 B.');
  expect(texts(view.node, '.jp-Cashet-victims .jp-Cashet-second')[0]).toMatch(/^300 B · over the limit/);
  const age = view.node.querySelectorAll('select')[1];
  age.value = String(30 * 86400);
  age.dispatchEvent(new Event('change'));
  expect(remove.disabled).toBe(true);
  await settled();
  remove.click();
  await settled();
  const wish = { max_size: 1000, older_than: 30 * 86400 };
  expect(model.asked.filter(([name]) => name !== 'storage')).toEqual([
    ['preview', { max_size: 1000 }],
    ['preview', wish],
    ['collect', wish]
  ]);
  expect(found).toEqual([['say', '3 runs were removed, 300 B are free.']]);
  expect(view.node.querySelector('.jp-Cashet-collecting')).toBeNull();
});

test('a size that was chosen stays chosen when more is known', async () => {
  const model = history();
  const view = new StorageView(asModel(model), asked().views, plainWords);
  view.refresh();
  view.node.querySelector<HTMLElement>('.jp-Cashet-top button')!.click();
  const size = view.node.querySelector('select')!;
  size.value = '200';
  size.dispatchEvent(new Event('change')); // before the first answer has come
  await settled();
  expect(size.value).toBe('200');
  expect(model.asked.filter(([name]) => name === 'preview').pop()).toEqual(['preview', { max_size: 200 }]);
});

test('another notebook ends the collection of a store that is not looked at any more', async () => {
  const model = history();
  const { views } = asked();
  const view = new StorageView(asModel(model), views, plainWords);
  view.refresh();
  view.node.querySelector<HTMLElement>('.jp-Cashet-top button')!.click();
  await settled();
  model.target = { path: 'elsewhere/y.ipynb', kernel: '' };
  view.refresh();
  expect(view.node.querySelector('.jp-Cashet-collecting')).toBeNull();
});

test('what was saved is told for today where that is known', () => {
  const bar = new StatusBar(plainWords);
  const told = (more: object) => (bar.refresh({ ...STATS, ...more }), bar.node.querySelector('.jp-Cashet-saved'));
  expect(told({})!.textContent).toBe('1 min saved');
  expect(told({ today: { hits: 1, saved: 2.5 } })!.textContent).toBe('Saved 2.5 s today, 1 min in all');
  expect(told({ hits: 0 })!.textContent).toBe('Nothing was restored yet');
  bar.refresh(null);
  expect(bar.node.textContent).toBe('');
});

test('an empty list says what can be done', () => {
  const model = history();
  const said = (view: 'cells' | 'runs' | 'storage') =>
    message(asModel(model), view, 0, plainWords)
      .map(one => one.textContent)
      .join(' ');
  expect(said('runs')).toMatch(/put %%cashet on a cell.*Whole store/);
  model.search = 'status:odd';
  expect(said('runs')).toMatch(/Nothing was found.*status:odd is no filter/);
  model.runs.clear();
  expect(said('runs')).toBe('…'); // nobody knows yet
  model.trouble = 'nothing stored';
  expect(said('cells')).toMatch(/%load_ext cashet_jupyter.*%%cashet/);
});
