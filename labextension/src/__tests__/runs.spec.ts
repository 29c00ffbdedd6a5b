import { Runs } from '../core/runs';
import { row } from './row';

const ids = (runs: Runs) => runs.rows.map(one => one.id).join('');

test('pages join without a double', () => {
  const runs = new Runs();
  runs.renew({ runs: [row('e'), row('d')], next: 'd' });
  runs.append({ runs: [row('d'), row('c')], next: 'c' });
  expect(ids(runs)).toBe('edc');
  expect(runs.complete).toBe(false);
  runs.append({ runs: [row('b')], next: '' });
  expect(ids(runs)).toBe('edcb');
  expect(runs.complete).toBe(true);
});

test('what is new comes above, and what was scrolled to stays', () => {
  const runs = new Runs();
  runs.renew({ runs: [row('d'), row('c')], next: 'c' });
  runs.append({ runs: [row('b'), row('a')], next: 'a' });
  runs.renew({ runs: [row('e'), row('d')], next: 'd' });
  expect(ids(runs)).toBe('edcba');
  expect(runs.next).toBe('a');
});

test('what is gone from the newest page is gone', () => {
  const runs = new Runs();
  runs.renew({ runs: [row('d'), row('c')], next: 'c' });
  runs.append({ runs: [row('b'), row('a')], next: '' });
  runs.renew({ runs: [row('d'), row('b')], next: 'b' });
  expect(ids(runs)).toBe('dba');
});

test('a page that does not join takes the place of all', () => {
  const runs = new Runs();
  runs.renew({ runs: [row('b'), row('a')], next: 'a' });
  runs.renew({ runs: [row('z'), row('y')], next: 'y' });
  expect(ids(runs)).toBe('zy');
  expect(runs.next).toBe('y');
});

test('one run is told anew, or goes', () => {
  const runs = new Runs();
  runs.renew({ runs: [row('b'), row('a')], next: '' });
  runs.replace(row('a', { pinned: true }));
  expect(runs.rows[1].pinned).toBe(true);
  runs.remove('b');
  expect(ids(runs)).toBe('a');
  runs.clear();
  expect(ids(runs)).toBe('');
});
