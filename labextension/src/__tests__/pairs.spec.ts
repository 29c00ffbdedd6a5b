import { paired, pieces } from '../core/pairs';

const letters = (text: string) => text.split('');
const told = (old: string, now: string) =>
  paired(
    letters(old),
    letters(now),
    letter => letter,
    (one, other) => one.toLowerCase() === other.toLowerCase()
  ).map(pair => `${pair.old ?? '-'}${pair.new ?? '-'}`);

test('what is the same stands together, what is in one only stands alone', () => {
  expect(told('abcd', 'acde')).toEqual(['aa', 'b-', 'cc', 'dd', '-e']);
});

test('between equal items those that are alike stand together', () => {
  expect(told('xaby', 'xAby')).toEqual(['xx', 'aA', 'bb', 'yy']);
  expect(told('aqb', 'azB')).toEqual(['aa', 'q-', '-z', 'bB']);
});

test('nothing is lost and the order stays', () => {
  const pairs = paired(
    letters('kitten sitting'),
    letters('sitting kitten'),
    letter => letter,
    () => false
  );
  expect(pairs.map(pair => pair.old ?? '').join('')).toBe('kitten sitting');
  expect(pairs.map(pair => pair.new ?? '').join('')).toBe('sitting kitten');
});

test('lists too long for the table are still paired where they begin alike', () => {
  const long = Array.from({ length: 1500 }, (_, place) => String(place));
  const pairs = paired(
    long,
    [...long.slice(0, 700), 'other'],
    one => one,
    () => false
  );
  expect(pairs.filter(pair => pair.kind === 'same')).toHaveLength(700);
  expect(pairs.map(pair => pair.new).filter(one => one !== undefined)).toHaveLength(701);
});

test('words of a summary that the other does not have are marked', () => {
  expect(pieces('5 rows, 3 columns', '4 rows, 3 columns').filter(([, differs]) => differs)).toEqual([['5', true]]);
  expect(pieces('about 187,093.5', 'about 101,755.2').filter(([, differs]) => differs)).toEqual([['187,093.5', true]]);
});
