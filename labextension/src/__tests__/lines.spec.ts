import { folded, ILinePair, sideBySide } from '../core/lines';

const told = (pairs: ILinePair[]) => pairs.map(pair => `${pair.kind}:${pair.old?.[0] ?? ''}/${pair.new?.[0] ?? ''}`);

test('equal texts are equal lines', () => {
  expect(told(sideBySide('a\nb', 'a\nb'))).toEqual(['same:1/1', 'same:2/2']);
  expect(told(sideBySide('', ''))).toEqual(['same:1/1']);
});

test('a line that is another stands beside what it was', () => {
  expect(told(sideBySide('a\nb\nc', 'a\nx\nc'))).toEqual(['same:1/1', 'changed:2/2', 'same:3/3']);
});

test('lines come and go', () => {
  expect(told(sideBySide('a\nc', 'a\nb\nc'))).toEqual(['same:1/1', 'added:/2', 'same:2/3']);
  expect(told(sideBySide('a\nb\nc', 'c'))).toEqual(['removed:1/', 'removed:2/', 'same:3/1']);
  expect(told(sideBySide('a\nk\nb\nz', 'x\nk\ny\ny2\nz'))).toEqual([
    'changed:1/1',
    'same:2/2',
    'changed:3/3',
    'added:/4',
    'same:4/5'
  ]);
});

test('every line of both is there once, in order, whatever they are', () => {
  let seed = 1;
  const random = (most: number) => (seed = (seed * 48271) % 2147483647) % most;
  for (let round = 0; round < 200; round++) {
    const text = () => Array.from({ length: random(12) }, () => 'abc'[random(3)]).join('\n');
    const [old, now] = [text(), text()];
    const pairs = sideBySide(old, now);
    expect(
      pairs
        .filter(pair => pair.old)
        .map(pair => pair.old![1])
        .join('\n')
    ).toBe(old);
    expect(
      pairs
        .filter(pair => pair.new)
        .map(pair => pair.new![1])
        .join('\n')
    ).toBe(now);
    expect(
      pairs.every(
        pair => (pair.kind === 'same') === (pair.old?.[1] === pair.new?.[1] && !!pair.old) || pair.kind === 'changed'
      )
    ).toBe(true);
  }
});

test('texts that are too long to be matched are told as changed, at once', () => {
  const long = (word: string) => Array.from({ length: 20_000 }, (_, line) => `${word} ${line}`).join('\n');
  expect(sideBySide(long('a'), long('b'))).toHaveLength(20_000);
});

test('long stretches of equal lines are folded', () => {
  const lines = Array.from({ length: 30 }, (_, line) => String(line));
  const pairs = sideBySide(lines.join('\n'), lines.map(line => (line === '15' ? 'x' : line)).join('\n'));
  const found = folded(pairs, 2);
  expect(found.filter(item => typeof item === 'number')).toEqual([13, 12]);
  expect(found).toHaveLength(7);
});
