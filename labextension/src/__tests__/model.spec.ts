import { IPage, IRow } from '../core/types';
import { plainWords } from '../core/words';
import { HistoryModel } from '../model/model';
import { Refusal } from '../sources/refusal';
import { ITarget, Params, Source } from '../sources/source';
import { Emitter } from './kernel';
import { row } from './row';

const STATS = { commits: 1, physical: 1, limit: 2, hits: 0, saved: 0, notices: [] };

/** A store that is as the test says. */
class FakeSource extends Source {
  by: 'server' | 'kernel' = 'server';
  exists = true;
  version = 1;
  page: IPage = { runs: [row('a')], next: '' };
  trouble: Error | null = null;
  asked: { route: string; target: ITarget; params: Params }[] = [];

  async ask<T>(route: string, target: ITarget, params: Params): Promise<T> {
    this.asked.push({ route, target, params });
    if (this.trouble) {
      throw this.trouble;
    }
    const answers: Record<string, unknown> = {
      store: { store: target.path, version: this.version, exists: this.exists, folder: '', by: this.by },
      runs: this.page,
      cells: { cells: {} as Record<string, IRow>, runs: {} },
      stats: STATS
    };
    return answers[route] as T;
  }

  change<T>(route: string, target: ITarget): Promise<T> {
    return this.ask(route, target, {});
  }

  count(route: string): number {
    return this.asked.filter(one => one.route === route).length;
  }
}

function follower(path: string): any {
  return {
    changed: new Emitter<void>(),
    ended: new Emitter<void>(),
    moved: new Emitter<void>(),
    running: false,
    cells: () => [],
    panel: {
      context: { path, ready: Promise.resolve() },
      content: { modelContentChanged: new Emitter<void>(), activeCellChanged: new Emitter<void>() },
      sessionContext: { session: { kernel: { id: `kernel of ${path}` } } }
    }
  };
}

function looking(source: FakeSource, visible = true) {
  const tracker = { currentWidget: null, currentChanged: new Emitter<any>() };
  const contents: any = { localPath: (path: string) => path.replace('drive:', '') };
  const notebooks: any = { tracker, of: (panel: any) => panel };
  const model = new HistoryModel(source, contents, undefined, notebooks, plainWords);
  model.setVisible(visible);
  return model;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) {
    await Promise.resolve();
  }
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('nothing is asked before there is a notebook, nor for nobody', async () => {
  const source = new FakeSource();
  const model = looking(source);
  model.setSearch('x', true);
  await settled();
  expect(source.asked).toEqual([]);
  expect(model.trouble).toBe('no notebook');
  const hidden = looking(source, false);
  hidden.look(follower('n.ipynb'));
  await settled();
  jest.advanceTimersByTime(60_000);
  await settled();
  expect(source.asked).toEqual([]);
});

test('the store of the notebook is asked for, by its path on the server and its kernel', async () => {
  const source = new FakeSource();
  const model = looking(source);
  model.look(follower('drive:n.ipynb'));
  await settled();
  expect(source.asked[0].target).toEqual({ path: 'n.ipynb', kernel: 'kernel of drive:n.ipynb' });
  expect(model.runs.rows.map(one => one.id)).toEqual(['a']);
  expect(model.trouble).toBe('');
});

test.each([
  ['server', 1],
  ['kernel', 2]
] as const)('a %s is asked again after a while: within 20 seconds %i times', async (by, times) => {
  const source = new FakeSource();
  source.by = by;
  const model = looking(source);
  model.look(follower('n.ipynb'));
  await settled();
  const before = source.count('store');
  for (let second = 0; second < 20; second++) {
    jest.advanceTimersByTime(1000);
    await settled();
  }
  expect(source.count('store') - before).toBe(times);
  expect(source.count('runs')).toBe(1); // nothing was new
});

test('the end of a cell is looked after at once, and a cell that goes on printing does not put that off', async () => {
  const source = new FakeSource();
  const model = looking(source);
  const one = follower('n.ipynb');
  model.look(one);
  await settled();
  source.version++;
  source.page = { runs: [row('b'), row('a')], next: '' };
  one.ended.emit(undefined);
  for (let turn = 0; turn < 20; turn++) {
    one.panel.content.modelContentChanged.emit(undefined);
    jest.advanceTimersByTime(10);
  }
  await settled();
  expect(model.runs.rows.map(run => run.id)).toEqual(['b', 'a']);
});

test('while a kernel is busy what is known stays, and it is said', async () => {
  const source = new FakeSource();
  const model = looking(source);
  model.look(follower('n.ipynb'));
  await settled();
  source.trouble = new Refusal('The kernel is busy, and answers when it is done.', 'busy');
  await model.renew(true);
  expect(model.trouble).toMatchObject({ text: expect.stringContaining('busy') });
  expect(model.runs.rows).toHaveLength(1);
  source.trouble = new Refusal('gone', 'not loaded');
  await model.renew(true);
  expect(model.runs.rows).toHaveLength(0);
  source.trouble = null;
  await model.renew();
  expect(model.trouble).toBe('');
  expect(model.runs.rows).toHaveLength(1);
});

test('an answer for the notebook before is not shown for this one', async () => {
  const source = new FakeSource();
  const model = looking(source);
  model.look(follower('one.ipynb'));
  await settled();
  let answer: (page: IPage) => void = () => undefined;
  const late = new Promise<IPage>(done => (answer = done));
  jest.spyOn(source, 'runs').mockReturnValueOnce(late);
  void model.renew(true);
  await settled();
  source.page = { runs: [row('c')], next: '' };
  model.look(follower('two.ipynb'));
  await settled();
  answer({ runs: [row('z')], next: '' });
  await settled();
  expect(model.runs.rows.map(one => one.id)).toEqual(['c']);
});

test('a notebook without a store says so', async () => {
  const source = new FakeSource();
  source.exists = false;
  const model = looking(source);
  model.look(follower('n.ipynb'));
  await settled();
  expect(model.trouble).toBe('nothing stored');
  expect(source.count('runs')).toBe(0);
});
