import { any, misread, parse, setFilters, withFilter } from '../core/filters';

const NOW = new Date(2026, 4, 12, 14, 0, 0).getTime() / 1000;

test('words with a key are filters, everything else is text', () => {
  const found = parse('frame tag:stage=train var:df status:failed since:7d "two words"', NOW);
  expect(found).toEqual({
    text: 'frame two words',
    tag: 'stage=train',
    variable: 'df',
    cell: '',
    status: 'failed',
    since: String(NOW - 7 * 86400),
    until: ''
  });
});

test('what is not understood is text', () => {
  expect(parse('a:b status:odd since:soon http://x', NOW).text).toBe('a:b status:odd since:soon http://x');
});

test('days are those of whoever looks', () => {
  const day = new Date(2026, 4, 1).getTime() / 1000;
  expect(parse('since:2026-05-01', NOW).since).toBe(String(day));
  expect(Number(parse('since:today', NOW).since)).toBeLessThan(NOW);
});

test('an empty search looks for nothing', () => {
  expect(any(parse('   ', NOW))).toBe(false);
  expect(any(parse('x', NOW))).toBe(true);
});

test('a day is meant with all its hours, from its beginning until its end', () => {
  const found = parse('since:2026-05-12 until:2026-05-12', NOW);
  expect(Number(found.until) - Number(found.since)).toBe(86400);
  expect(Number(parse('until:yesterday', NOW).until)).toBe(Number(parse('since:today', NOW).since));
});

test('what is in quotes is one value, whatever it holds', () => {
  for (const value of ['stage=two words', 'a"b', 'back\\slash', '  ', 'x:y', '"', 'größe=1']) {
    const search = withFilter('frame', 'tag', value);
    expect(parse(search, NOW)).toMatchObject({ text: 'frame', tag: value });
  }
  expect(parse('"an open quote', NOW).text).toBe('an open quote');
});

test('a filter takes the place of the one before, and an empty one takes it away', () => {
  const search = 'tag:a=b frame VAR:x tag:c=d';
  expect(withFilter(search, 'tag', 'e=f')).toBe('frame VAR:x tag:e=f');
  expect(withFilter(search, 'variable', '')).toBe('tag:a=b frame tag:c=d');
  expect([...setFilters(search)]).toEqual([
    ['tag', 'c=d'],
    ['variable', 'x']
  ]);
});

test('a key whose value is still to come looks for nothing', () => {
  expect(parse('frame tag: var:"', NOW)).toMatchObject({ text: 'frame', tag: '', variable: '' });
});

test('what looks like a filter and is none is named', () => {
  expect(misread('status:odd http://x since:soon var:df constructor:x')).toEqual(['status:odd', 'since:soon']);
});

test('names that every object has are no filters', () => {
  expect(parse('constructor:x status:constructor toString:1', NOW).text).toBe(
    'constructor:x status:constructor toString:1'
  );
});
