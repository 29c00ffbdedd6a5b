import { clock, duration, exactly, moment, short, size } from '../core/format';
import { plainWords } from '../core/words';

test('durations are read as people say them', () => {
  const expected: [number, string][] = [
    [0.0081, '8 ms'],
    [2.44, '2.4 s'],
    [48.2, '48 s'],
    [252, '4 min 12 s'],
    [240, '4 min'],
    [10260, '2 h 51 min'],
    [273600, '3 d 4 h']
  ];
  for (const [seconds, text] of expected) {
    expect(duration(seconds)).toBe(text);
  }
  expect(duration(NaN)).toBe('');
  expect(duration(-1)).toBe('');
});

test('a clock counts up', () => {
  expect([8, 252, 10269].map(clock)).toEqual(['0:08', '4:12', '2:51:09']);
});

test('sizes are powers of a thousand', () => {
  expect([512, 3100, 12_000_000, 1_400_000_000, 999_900].map(size)).toEqual([
    '512 B',
    '3.1 kB',
    '12 MB',
    '1.4 GB',
    '1.0 MB'
  ]);
});

test('moments are told against now', () => {
  const now = new Date(2026, 4, 12, 14, 0, 0).getTime() / 1000;
  expect(moment(now - 5, now, plainWords)).toBe('just now');
  expect(moment(now - 600, now, plainWords)).toBe('10 min ago');
  expect(moment(now - 4 * 3600, now, plainWords)).toMatch(/^today/);
  expect(moment(now - 20 * 3600, now, plainWords)).toMatch(/^yesterday/);
  expect(moment(now - 400 * 86400, now, plainWords)).toMatch(/2025/);
});

test('a moment that cannot be is nothing', () => {
  expect(exactly(1e300)).toBe('');
  expect(moment(1e300, 0, plainWords)).toBe('');
});

test('an id is shortened', () => {
  expect(short('ab'.repeat(32))).toBe('ababab');
});
