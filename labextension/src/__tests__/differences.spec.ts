import { IResult, IValue } from '../core/types';
import { plainWords } from '../core/words';
import { drawDifferences } from '../pages/differences';

const value = (summary: string, more: Partial<IValue> = {}): IValue => ({
  name: 'x',
  type: 'int',
  summary,
  size: 28,
  digest: '',
  ...more
});
const result = (change: IResult['change'], before: IValue | null, after: IValue | null, name = 'x'): IResult => ({
  name,
  change,
  old: before,
  new: after
});
const names = (node: HTMLElement) => [...node.querySelectorAll('li code')].map(code => code.textContent);

test('only what differs is told, and how much is left out', () => {
  const results = [
    result('changed', value('1'), value('2')),
    result('new', null, value('3'), 'y'),
    result('same', value('4'), value('4'), 'z'),
    result('unknown', value('5'), value('5'), 'u')
  ];
  const node = drawDifferences(results, false, plainWords);
  expect(names(node)).toEqual(['x', 'y']);
  expect(node.textContent).toContain('1 is the same');
  expect(node.textContent).toContain('1 looks the same; more is not known of it');
  expect(names(drawDifferences(results, true, plainWords))).toEqual(['x', 'y', 'z', 'u']);
});

test('what differs is marked on both sides, and said in a word with a sign', () => {
  const node = drawDifferences([result('changed', value('500 rows'), value('520 rows'))], false, plainWords);
  expect([...node.querySelectorAll('mark')].map(mark => mark.textContent)).toEqual(['500', '520']);
  expect(node.querySelector('.jp-Cashet-change')!.textContent).toBe('~ changed');
});

test('nothing is marked where the other run has no such value', () => {
  const node = drawDifferences([result('gone', value('1'), null)], false, plainWords);
  expect(node.querySelectorAll('mark')).toHaveLength(0);
  expect(node.textContent).toContain('not there');
});

test('values without fingerprints differ if their previews do', () => {
  const items = (item: string) => ({ preview: { kind: 'items', items: [item], count: 1 } });
  const differ = [result('unknown', value('list', items('1')), value('list', items('2')))];
  expect(names(drawDifferences(differ, false, plainWords))).toEqual(['x']);
  const alike = [result('unknown', value('list', items('1')), value('list', items('1')))];
  expect(names(drawDifferences(alike, false, plainWords))).toEqual([]);
});

test('a change that is not known by that name is not known', () => {
  const strange = result('constructor' as IResult['change'], value('1'), value('1'));
  expect(drawDifferences([strange], true, plainWords).textContent).toContain('not known');
});
