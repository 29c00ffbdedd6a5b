import { plainWords } from '../core/words';
import { Picker } from '../pages/picker';
import { ITools } from '../pages/tools';
import { row } from './row';

const TARGET = { path: 'a.ipynb', kernel: '' };
const settle = () => new Promise(done => setTimeout(done, 0));

async function picker(answer: (params: Record<string, string>) => object) {
  const told = { asked: [] as Record<string, string>[], chosen: [] as string[], closed: 0 };
  const runs = async (_: unknown, params: Record<string, string>) => {
    told.asked.push(params);
    return answer(params);
  };
  const tools = { source: { runs }, words: plainWords } as unknown as ITools;
  const made = new Picker(
    'cell',
    TARGET,
    tools,
    id => told.chosen.push(id),
    () => told.closed++
  );
  document.body.replaceChildren(made.node);
  made.focus();
  await settle();
  const press = (key: string) =>
    document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  return { node: made.node, told, press };
}

test('runs of the same cell are there at once, and are chosen with the keyboard', async () => {
  const { node, told, press } = await picker(() => ({ runs: [row('a'), row('b')], next: '' }));
  expect(told.asked[0]).toMatchObject({ cell: 'cell', text: '' });
  expect(node.querySelectorAll('[role=option]')).toHaveLength(2);
  press('ArrowDown');
  const active = node.querySelector('input')!.getAttribute('aria-activedescendant')!;
  expect(document.getElementById(active)!.getAttribute('aria-selected')).toBe('true');
  press('ArrowDown');
  press('Enter');
  expect(told.chosen).toEqual(['b']);
});

test('what is typed is looked for in all cells', async () => {
  const { node, told } = await picker(() => ({ runs: [], next: '' }));
  expect(node.textContent).toContain('No runs');
  const input = node.querySelector('input')!;
  input.value = 'frame';
  input.dispatchEvent(new Event('input'));
  while (told.asked.length < 2) {
    await settle();
  }
  expect(told.asked[1]).toMatchObject({ cell: '', text: 'frame' });
});

test('Escape closes it and nothing is chosen; a click chooses', async () => {
  const { node, told, press } = await picker(() => ({ runs: [row('a')], next: '' }));
  press('Escape');
  expect([told.closed, told.chosen]).toEqual([1, []]);
  node.querySelector<HTMLElement>('[role=option]')!.click();
  expect(told.chosen).toEqual(['a']);
});

test('that runs cannot be had is said, and names of runs are text', async () => {
  const refused = await picker(() => {
    throw new Error('the kernel is busy');
  });
  expect(refused.node.textContent).toContain('the kernel is busy');
  const hostile = await picker(() => ({ runs: [row('a', { label: '<img src=x onerror=alert(1)>' })], next: '' }));
  expect(hostile.node.querySelector('img')).toBeNull();
});
