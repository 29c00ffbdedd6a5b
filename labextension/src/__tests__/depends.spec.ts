import { toldOf } from '../core/depends';
import { plainWords } from '../core/words';

const told = (kind: string, name: string, note = '') => {
  const found = toldOf({ kind, name, note }, plainWords);
  return found && `${found.file ? 'file' : 'setting'} ${found.name}: ${found.note}`;
};

test('a file is told with its size and when it was written', () => {
  expect(told('file', 'sales.csv', '12400000 1795347618')).toMatch(/^file sales\.csv: 12 MB · written .*2026/);
  expect(told('file', 'sales.csv')).toBe('file sales.csv: ');
});

test('text of a cell that is no path is not told', () => {
  expect(told('absent', 'north', 'named')).toBeNull();
  expect(told('absent', 'maybe.csv')).toBe('file maybe.csv: was not there');
});

test('folders, patterns and permissions are told without what only the machine reads', () => {
  expect(told('listing', 'data', '12')).toBe('file data: the files in it · 12 names');
  expect(told('glob', '{"pathname": "data/*.csv", "root_dir": null}')).toBe('file data/*.csv: the files that match');
  expect(told('path-glob', '["data", "*.csv"]')).toBe('file data/*.csv: the files that match');
  expect(told('access', '4 data.csv')).toBe('file data.csv: permissions');
  expect(told('glob', '{"pathname": cut')).toBe('file {"pathname": cut: the files that match');
});

test('settings are told by name, an environment variable without its value', () => {
  expect(told('env', 'MODE')).toBe('setting MODE: environment variable');
  expect(told('cwd', '', '/home/me')).toBe('setting working directory: /home/me');
  expect(told('options', 'pandas', '{"a": "1", "b": "2", "c": "3", "d": "4"}')).toBe(
    'setting pandas: options · a = 1, b = 2, c = 3, …'
  );
  expect(told('options', 'locale', '{"all": "str:cut')).toBe('setting locale: options');
});

test('a kind that is not known is told as it is', () => {
  expect(told('constructor', 'x', 'note')).toBe('setting x: constructor · note');
});
