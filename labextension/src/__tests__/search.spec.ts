import { plainWords } from '../core/words';
import { Search } from '../sidebar/search';
import { asModel, cell, history, settled } from './history';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function search() {
  const model = history([cell('c1')]);
  const made = new Search(asModel(model), plainWords);
  document.body.replaceChildren(made.node);
  const box = made.node.querySelector<HTMLInputElement>('.jp-Cashet-search')!;
  const type = async (text: string) => {
    box.focus();
    box.value = text;
    box.setSelectionRange(text.length, text.length);
    box.dispatchEvent(new Event('input'));
    jest.advanceTimersByTime(500);
    await settled();
  };
  const press = (key: string) => box.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));
  const texts = (selector: string) => [...made.node.querySelectorAll(selector)].map(one => one.textContent);
  return { model, made, box, type, press, texts };
}

const choices = '.jp-Cashet-box [role=option]';

test('what is typed is searched once the hand rests', async () => {
  const { model, type } = search();
  await type('frame');
  expect(model.asked).toEqual([['search', 'frame', false]]);
});

test('names are completed with the keyboard alone', async () => {
  const { model, box, type, press, texts } = search();
  await type('tag:st');
  expect(model.asked).toContainEqual(['names', 'tag', 'st']);
  expect(texts(choices)).toEqual(['stage=test', 'stage=train']);
  expect(box.getAttribute('aria-expanded')).toBe('true');
  press('ArrowDown');
  press('ArrowDown');
  expect(document.getElementById(box.getAttribute('aria-activedescendant')!)!.textContent).toBe('stage=train');
  press('Enter');
  jest.advanceTimersByTime(500);
  expect(box.value).toBe('tag:stage=train ');
  expect(model.search).toBe('tag:stage=train ');
  expect(box.getAttribute('aria-expanded')).toBe('false');
});

test('Escape closes the list and leaves the text', async () => {
  const { box, type, press, texts } = search();
  await type('sta');
  expect(texts(choices)).toEqual(['status:']);
  press('Escape');
  expect(texts(choices)).toEqual([]);
  expect(box.value).toBe('sta');
});

test('half a filter does not make the list empty', async () => {
  const { model, type } = search();
  await type('status:fai');
  expect(model.asked).toEqual([]);
  await type('status:failed');
  expect(model.search).toBe('status:failed');
});

test('filters that are set are buttons that take them away', async () => {
  const { model, made, type, texts } = search();
  await type('frame status:failed cell:c1');
  expect(texts('.jp-Cashet-chips button')).toEqual(['status: failed ×', 'cell: c1 = 1 ×', 'Clear all']);
  made.node.querySelectorAll<HTMLElement>('.jp-Cashet-chips button')[0].click();
  expect(model.search).toBe('frame cell:c1');
  made.find('a status:ok since:7d', true);
  expect([model.search, model.whole]).toEqual(['a status:ok since:7d', true]);
  [...made.node.querySelectorAll<HTMLElement>('.jp-Cashet-chips button')].pop()!.click();
  expect(model.search).toBe('a');
});

test('the form writes into the search, and reads from it', async () => {
  const { model, made, type } = search();
  made.node.querySelector<HTMLElement>('.jp-mod-filters')!.click();
  const [status, when, of] = made.node.querySelectorAll<HTMLSelectElement>('select');
  await type('frame status:ok since:7d cell:c1');
  expect([status.value, when.value, of.value]).toEqual(['completed', '7d', 'c1']);
  status.value = 'failed';
  status.dispatchEvent(new Event('change'));
  expect(model.search).toBe('frame since:7d cell:c1 status:failed');
  await type('since:2026-05-01 until:2026-05-03');
  const [from, to] = made.node.querySelectorAll<HTMLInputElement>('input[type=date]');
  expect([when.value, from.value, to.value]).toEqual(['between', '2026-05-01', '2026-05-03']);
  to.value = '2026-05-04';
  to.dispatchEvent(new Event('change'));
  expect(model.search).toBe('since:2026-05-01 until:2026-05-04');
  await type('until:12h');
  expect([when.value, from.closest<HTMLElement>('.jp-Cashet-between')!.hidden]).toEqual(['until:12h', true]);
});

test('what is set elsewhere is shown, and what is being typed is not taken away', async () => {
  const { model, made, box } = search();
  [model.search, model.whole] = ['var:df', true];
  made.refresh();
  expect(box.value).toBe('var:df');
  box.value = 'var:df fra';
  made.refresh();
  expect(box.value).toBe('var:df fra');
});
