import { VirtualList } from '../core/virtual';

function list(count: number, opened: number[] = [], keys: string[] = []) {
  const made = new VirtualList(
    {
      row: (index, element) => (element.textContent = `row ${index}`),
      open: index => opened.push(index),
      key: (_, key) => keys.push(key) > 0 && key === 'ArrowRight'
    },
    20,
    'Rows'
  );
  Object.defineProperty(made.node, 'clientHeight', { value: 200 });
  document.body.append(made.node);
  made.update(count);
  return made;
}

const press = (made: VirtualList, key: string, more = {}) => {
  const event = new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true, ...more });
  made.node.dispatchEvent(event);
  return event.defaultPrevented;
};
const shown = (made: VirtualList) =>
  [...made.node.querySelectorAll('.jp-Cashet-row')].map(row => Number((row as HTMLElement).dataset.index));

test('a hundred thousand rows cost what some thirty do', () => {
  const made = list(100_000);
  expect(shown(made).length).toBeLessThan(30);
  made.activate(99_999);
  expect(shown(made)).toContain(99_999);
  expect(shown(made).length).toBeLessThan(40);
});

test('rows are told by place and number to those who do not see them', () => {
  const made = list(50);
  const row = made.node.querySelector('.jp-Cashet-row')!;
  expect(made.node.getAttribute('role')).toBe('tree');
  expect(made.node.getAttribute('aria-label')).toBe('Rows');
  expect([row.getAttribute('aria-posinset'), row.getAttribute('aria-setsize')]).toEqual(['1', '50']);
  expect(document.getElementById(made.node.getAttribute('aria-activedescendant')!)!.getAttribute('aria-selected')).toBe(
    'true'
  );
});

test('the keyboard reaches every row', () => {
  const opened: number[] = [];
  const made = list(1000, opened);
  const where = (key: string) => (press(made, key), made.active);
  expect(['ArrowDown', 'ArrowDown', 'ArrowUp', 'End', 'PageUp', 'Home', 'PageDown', 'ArrowUp'].map(where)).toEqual([
    1, 2, 1, 999, 990, 0, 9, 8
  ]);
  press(made, 'Enter');
  expect(opened).toEqual([8]);
  press(made, 'Home');
  expect((press(made, 'ArrowUp'), made.active)).toBe(0);
});

test('keys that mean nothing here are left to the page', () => {
  const keys: string[] = [];
  const made = list(10, [], keys);
  expect(press(made, 'ArrowRight')).toBe(true);
  expect(press(made, 'x')).toBe(false);
  expect(press(made, 'ArrowDown', { ctrlKey: true })).toBe(false);
  expect(keys).toEqual(['ArrowRight', 'x']);
});

test('a click opens the row that it is on', () => {
  const opened: number[] = [];
  const made = list(10, opened);
  (made.node.querySelector('[data-index="3"]') as HTMLElement).click();
  expect(opened).toEqual([3]);
  expect(made.active).toBe(3);
});

test('a list that becomes shorter has its active row at the end', () => {
  const made = list(100);
  made.activate(80);
  made.update(5);
  expect(made.active).toBe(4);
  made.update(0);
  expect(made.node.hasAttribute('aria-activedescendant')).toBe(false);
  expect(shown(made)).toEqual([]);
});

test('a list that is higher than browsers can draw still reaches its end', () => {
  const made = list(2_000_000);
  made.activate(1_999_999);
  expect(shown(made)).toContain(1_999_999);
});

test('what is looked at stays where it is when rows come above it', () => {
  const made = list(1000);
  made.node.scrollTop = 2000;
  made.redraw();
  made.activate(102);
  made.update(1003, false, index => index + 3);
  expect(made.node.scrollTop).toBe(2060);
  expect(made.active).toBe(105);
});

test('who looks at the top sees what is new there', () => {
  const made = list(1000);
  made.update(1003, false, index => index + 3);
  expect(made.node.scrollTop).toBe(0);
  expect(shown(made)).toContain(0);
});

test('a row that is gone leaves what is active in its place', () => {
  const made = list(100);
  made.activate(50);
  made.update(99, false, index => (index === 50 ? -1 : index));
  expect(made.active).toBe(50);
});

test('a place that was scrolled to is found again when the list comes back', () => {
  const made = list(1000);
  made.activate(500);
  const place = made.node.scrollTop;
  made.node.scrollTop = 0; // a browser forgets it when the list leaves the page
  made.shown();
  expect(made.node.scrollTop).toBe(place);
  made.rewind();
  expect([made.node.scrollTop, made.active]).toEqual([0, 0]);
});

test('rows stand in the page in their order, whichever way one scrolls', () => {
  const made = list(1000);
  for (const index of [500, 480, 495, 10, 14, 0]) {
    made.activate(index);
    const rows = shown(made);
    expect(rows).toEqual([...rows].sort((one, other) => one - other));
  }
});

test('rows of a tree are counted among their siblings', () => {
  const made = new VirtualList({ row: () => undefined, open: () => undefined, among: () => [2, -1] }, 20, 'Rows');
  made.update(3);
  const row = made.node.querySelector('.jp-Cashet-row')!;
  expect([row.getAttribute('aria-posinset'), row.getAttribute('aria-setsize')]).toEqual(['2', '-1']);
});

test('a row that is pressed is not drawn anew before it is let go of', () => {
  jest.useFakeTimers();
  const drawn: number[] = [];
  let released = 0;
  const draw = {
    row: (index: number, element: HTMLElement) => {
      drawn.push(index);
      element.replaceChildren(document.createElement('span'));
    },
    open: () => undefined,
    released: () => released++
  };
  const list = new VirtualList(draw, 20, 'rows');
  document.body.append(list.node);
  list.update(3);
  const pressed = list.node.querySelector('[data-index="1"] span')!;
  drawn.length = 0;
  list.node.dispatchEvent(new MouseEvent('pointerdown', { bubbles: true })); // the scroll bar
  expect(list.pressed).toBe(false);
  pressed.dispatchEvent(new MouseEvent('pointerdown', { bubbles: true }));
  list.redraw(true);
  list.touch(1);
  expect([list.pressed, drawn, pressed.isConnected]).toEqual([true, [], true]);
  window.dispatchEvent(new MouseEvent('pointerup'));
  expect(list.pressed).toBe(true); // the click is still to come
  jest.runAllTimers();
  expect([list.pressed, drawn, released]).toEqual([false, [0, 1, 2], 1]);
  jest.useRealTimers();
  list.dispose();
});
