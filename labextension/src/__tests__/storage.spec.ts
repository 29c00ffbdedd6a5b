import { percent, sizeChoices, storageKey, storageLines } from '../core/storage';
import { IStorage } from '../core/types';

const cell = (name: string, size: number) => {
  return { cell: name, label: name, runs: 2, size, saved: 1, hits: 1, newest: null };
};
const notebook = (name: string, size: number, more = 0) => {
  return { notebook: name, runs: 3, size, saved: 0, hits: 0, more, cells: [cell('a', size), cell('b', 0)] };
};
const storage = (more = 0): IStorage => {
  return {
    notebooks: [notebook('x.ipynb', 300, 4), notebook('y.ipynb', 100)],
    more,
    physical: 400,
    logical: 800,
    limit: 1000
  };
};

test('notebooks are lines, and those that are open have their cells below', () => {
  const closed = storageLines(storage(), new Set());
  expect(closed.map(line => line.kind)).toEqual(['notebook', 'notebook']);
  const open = storageLines(storage(2), new Set(['x.ipynb']));
  expect(open.map(line => line.kind)).toEqual(['notebook', 'cell', 'cell', 'more', 'notebook', 'more']);
  expect(open.map(line => line.place)).toEqual([
    [1, 3],
    [1, 3],
    [2, 3],
    [3, 3],
    [2, 3],
    [3, 3]
  ]);
  expect(new Set(open.map(storageKey)).size).toBe(open.length);
});

test('parts are of everything, bars against the biggest', () => {
  const [first, second] = storageLines(storage(), new Set()) as { share: number; bar: number }[];
  expect([first.share, first.bar]).toEqual([0.75, 1]);
  expect([second.share, second.bar]).toEqual([0.25, 1 / 3]);
  const [some] = storageLines(storage(5), new Set()) as { share: number }[];
  expect(some.share).toBe(300 / 800); // the others take the rest
});

test('nothing takes no part of nothing', () => {
  const lines = storageLines({ ...storage(), notebooks: [notebook('x', 0)], logical: 0 }, new Set());
  expect(lines[0]).toMatchObject({ share: 0, bar: 0 });
});

test('parts are read as people say them', () => {
  expect([0, 0.004, 0.453, 1].map(percent)).toEqual(['0 %', '< 1 %', '45 %', '100 %']);
});

test('sizes to choose from are below what the store holds and may hold', () => {
  expect(sizeChoices(400, 1000)).toEqual([1000, 300, 200, 100, 0]);
  expect(sizeChoices(4000, 1500)).toEqual([1500, 1000, 0]);
  expect(sizeChoices(0, 1000)).toEqual([1000, 0]);
});
