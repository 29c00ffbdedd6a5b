import { clear, draw, kindOf } from '../cells/badge';
import { plainWords } from '../core/words';

const COMMIT = 'ab'.repeat(32);
const STORED = { commit: COMMIT, seconds: 252, created: 1_700_000_000 };

test.each([
  [null, false, null, null],
  [STORED, false, null, 'stored'],
  [STORED, false, true, 'restored'],
  [STORED, false, false, 'ran'],
  [STORED, true, true, 'changed'],
  [{ status: 'not stored', reason: 'it draws' }, false, null, 'refused'],
  [{ storing: 5_000_000 }, false, null, 'storing'],
  [{ seconds: 1 }, false, null, null]
] as const)('%j, changed %s, restored %s: %s', (facts, changed, restored, kind) => {
  expect(kindOf({ facts, changed, restored })).toBe(kind);
});

test('a mark says how much was saved, in words as well as by a sign', () => {
  const node = document.createElement('div');
  draw(node, { facts: STORED, changed: false, restored: true }, () => undefined, plainWords);
  const badge = node.querySelector('.jp-Cashet-badge')!;
  expect(badge.textContent).toBe('↺ 4 min 12 s');
  expect(badge.getAttribute('aria-label')).toContain('restored, saved 4 min 12 s');
  expect(node.dataset.cashet).toBe('restored');
});

test('there is one mark however often it is drawn, and none where there is nothing to say', () => {
  const node = document.createElement('div');
  let opened = 0;
  for (const restored of [null, false, true]) {
    draw(node, { facts: STORED, changed: false, restored }, () => opened++, plainWords);
  }
  expect(node.querySelectorAll('.jp-Cashet-badge')).toHaveLength(1);
  node.querySelector<HTMLElement>('.jp-Cashet-badge')!.click();
  expect(opened).toBe(1);
  draw(node, { facts: null, changed: false, restored: null }, () => undefined, plainWords);
  expect(node.children).toHaveLength(0);
  expect(node.dataset.cashet).toBeUndefined();
  draw(node, { facts: STORED, changed: false, restored: null }, () => undefined, plainWords);
  clear(node);
  expect(node.children).toHaveLength(0);
});

test('what a notebook brings with it is text', () => {
  const node = document.createElement('div');
  const facts = { status: 'not stored', reason: '<img src=x onerror=alert(1)>' };
  draw(node, { facts, changed: false, restored: null }, () => undefined, plainWords);
  expect(node.querySelector('img')).toBeNull();
});
