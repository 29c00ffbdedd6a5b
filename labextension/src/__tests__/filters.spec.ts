import { any, parse } from '../core/filters';

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
