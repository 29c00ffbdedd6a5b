import { NotebookFollower } from '../model/notebook';
import { Emitter } from './kernel';

/** A code cell, as much of it as is read. */
function cell(id: string, source = `run('${id}')`, metadata: object | null = null): any {
  const outputs = { length: metadata ? 1 : 0, get: () => ({ metadata }), changed: new Emitter<void>() };
  const model: any = {
    type: 'code',
    id,
    outputs,
    contentChanged: new Emitter<void>(),
    source,
    sharedModel: { getSource: () => model.source }
  };
  return { model, outputArea: { future: null } };
}

function notebook(...widgets: any[]): any {
  const sessionContext = {
    iopubMessage: new Emitter<any>(),
    kernelChanged: new Emitter<any>(),
    statusChanged: new Emitter<string>()
  };
  return {
    isDisposed: false,
    sessionContext,
    context: { pathChanged: new Emitter<string>() },
    content: { widgets }
  };
}

/** What the kernel sends for a request. */
function message(type: string, request: string, seconds: number, content: object = {}): any {
  const date = new Date(seconds * 1000).toISOString();
  return { header: { msg_type: type, date }, parent_header: { msg_id: request }, content };
}

function facts(created: number): object {
  return { metadata: { cashet: { commit: 'ab'.repeat(32), seconds: 1, created } } };
}

function follow(...widgets: any[]) {
  const panel = notebook(...widgets);
  const follower = new NotebookFollower(panel);
  const marks = () => follower.cells().map(one => (one.queued ? 'queued' : one.started !== null ? 'running' : '-'));
  const hear = (...args: Parameters<typeof message>) => panel.sessionContext.iopubMessage.emit(message(...args));
  return { panel, follower, marks, hear };
}

test('cells wait in a queue until the kernel begins with them', () => {
  const [a, b] = [cell('a'), cell('b')];
  const { follower, marks, hear } = follow(a, b);
  follower.sent(a);
  follower.sent(b);
  expect(marks()).toEqual(['queued', 'queued']);
  hear('execute_input', 'r1', 100);
  expect(marks()).toEqual(['running', 'queued']);
  follower.done(a, true);
  hear('execute_input', 'r2', 101);
  expect(marks()).toEqual(['-', 'running']);
  follower.done(b, true);
  expect(follower.running).toBe(false);
});

test('a request is that of the cell which has sent it, whatever else waits', () => {
  const [a, b] = [cell('a'), cell('b')];
  const { follower, marks, hear } = follow(a, b);
  follower.sent(a);
  follower.sent(b);
  b.outputArea.future = { msg: { header: { msg_id: 'r2' } } };
  hear('execute_input', 'r2', 100);
  expect(marks()).toEqual(['queued', 'running']);
});

test('what waits behind a cell that fails is not run', () => {
  const [a, b] = [cell('a'), cell('b')];
  const { follower, marks } = follow(a, b);
  follower.sent(a);
  follower.sent(b);
  follower.done(a, false);
  expect(marks()).toEqual(['-', '-']);
});

test.each([
  ['restarting', true],
  ['dead', true],
  ['busy', false]
])('a kernel that is %s runs nothing any more: %s', (status, over) => {
  const a = cell('a');
  const { panel, follower } = follow(a);
  follower.sent(a);
  panel.sessionContext.statusChanged.emit(status);
  expect(follower.running).toBe(!over);
});

test('a result that was made before its cell began was restored', () => {
  const [a, b] = [cell('a'), cell('b')];
  const { follower, hear } = follow(a, b);
  let ended = 0;
  follower.ended.connect(() => ended++);
  for (const [one, request, created] of [
    [a, 'r1', 50],
    [b, 'r2', 101]
  ] as const) {
    follower.sent(one);
    hear('execute_input', request, 100);
    hear('display_data', request, 100.1, facts(created));
    follower.done(one, true);
  }
  expect(follower.cells().map(one => one.restored)).toEqual([true, false]);
  expect(ended).toBe(4);
});

test('the line of a cell may come after its end, and belongs to it still', () => {
  const [a, b] = [cell('a'), cell('b')];
  const { follower, hear } = follow(a, b);
  follower.sent(a);
  follower.sent(b);
  hear('execute_input', 'r1', 100);
  follower.done(a, true);
  hear('execute_input', 'r2', 101);
  hear('update_display_data', 'r1', 102, facts(100.5));
  expect(follower.cells().map(one => one.restored)).toEqual([false, null]);
});

test('how it went before is not told of a cell that runs again', () => {
  const a = cell('a');
  const { follower, hear } = follow(a);
  follower.sent(a);
  hear('execute_input', 'r1', 100);
  hear('display_data', 'r1', 100, facts(50));
  follower.done(a, true);
  follower.sent(a);
  expect(follower.cells()[0].restored).toBeNull();
});

test('the text that ran is remembered, and what is edited is read again', () => {
  const a = cell('a', 'x = 1');
  const { follower } = follow(a);
  follower.sent(a);
  const before = follower.read(a.model);
  expect(before.ranAs).toBe(before.fingerprint);
  a.model.source = 'x = 2';
  a.model.contentChanged.emit(undefined);
  expect(follower.read(a.model).ranAs).not.toBe(follower.read(a.model).fingerprint);
});

test('who listens to a cell that changes reads what is new', () => {
  const a = cell('a', 'x = 1');
  const { follower } = follow(a);
  follower.read(a.model);
  let label = '';
  a.model.contentChanged.connect(() => (label = follower.read(a.model).label));
  a.model.source = 'y = 2';
  a.model.contentChanged.emit(undefined);
  expect(label).toBe('y = 2');
});

test('a notebook speaks of the cache in a text or in an output', () => {
  expect(follow(cell('a', 'x = 1')).follower.mentions).toBe(false);
  expect(follow(cell('a', '%load_ext cashet_jupyter')).follower.mentions).toBe(true);
  expect(follow(cell('a', 'x = 1', { cashet: { commit: 'ab'.repeat(32) } })).follower.mentions).toBe(true);
});
