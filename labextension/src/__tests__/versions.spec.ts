import { IVersion } from '../core/types';
import { plainWords } from '../core/words';
import { drawVersions } from '../pages/versions';
import { row } from './row';

const version = (...runs: string[]): IVersion => ({
  link: 'cell id',
  change: 'code changed (line 1)',
  added: 2,
  removed: 1,
  count: runs.length + 3,
  runs: runs.map(id => row(id))
});

function drawn(...versions: IVersion[]) {
  const told: string[] = [];
  const actions = { open: (id: string) => told.push(id), compare: (...ids: string[]) => told.push(ids.join('>')) };
  return { node: drawVersions({ of: 'b', versions, complete: false }, actions, plainWords), told };
}

test('versions stand newest first with their numbers, and the one of this run says so', () => {
  const { node } = drawn(version('c'), version('b', 'a'));
  expect([...node.querySelectorAll('strong')].map(one => one.textContent)).toEqual([
    'Version 2',
    'Version 1, this one'
  ]);
  expect(node.querySelectorAll('[aria-current=true]')).toHaveLength(1);
  expect(node.textContent).toContain('+2 −1');
  expect(node.textContent).toContain('3 more runs');
  expect(node.textContent).toContain('There may be older versions.');
});

test('runs are opened, versions compared with the one before', () => {
  const { node, told } = drawn(version('c'), version('b', 'a'));
  node.querySelectorAll<HTMLElement>('button').forEach(button => button.click());
  expect(told).toEqual(['b>c', 'c', 'a']);
});

test('a version without runs and a run that cannot be read break nothing', () => {
  const damaged = { ...version(), runs: [row('d', { damaged: 'no record', created: NaN, seconds: NaN })] };
  const { node } = drawn(version(), damaged, version('b'));
  expect(node.querySelectorAll('li > .jp-Cashet-versionhead')).toHaveLength(2);
  expect(node.textContent).toContain('damaged');
});
