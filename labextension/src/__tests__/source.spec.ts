import { crc32, fingerprint, label, withoutMark } from '../core/source';

test('the checksum is that of the server', () => {
  expect(crc32('')).toBe('00000000');
  expect(crc32('123456789')).toBe('cbf43926');
  expect(crc32('größe = 1')).toBe('79cba387');
});

test('the line that opts in is no part of what ran', () => {
  const same = [
    'x = 1',
    '%%cashet\nx = 1',
    '%%cashet --tag a=b\nx = 1\n',
    '\n\n%%cashet\nx = 1\n\n',
    '%%cashet\r\nx = 1'
  ];
  for (const source of same) {
    expect(withoutMark(source)).toBe('x = 1');
    expect(fingerprint(source)).toBe(crc32('x = 1'));
  }
  expect(withoutMark('%%cashetx\nx = 1')).toBe('%%cashetx\nx = 1');
  expect(withoutMark('x = 1\n%%cashet')).toBe('x = 1\n%%cashet');
});

test('a cell is called by its first line of code', () => {
  expect(label('%%cashet\n# load\nimport time\nframe = load()')).toBe('frame = load()');
  expect(label('# only a comment')).toBe('# only a comment');
  expect(label('')).toBe('');
  expect(label('x'.repeat(200))).toHaveLength(80);
});
