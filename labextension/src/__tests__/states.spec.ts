import { factsOf } from '../core/facts';
import { crc32 } from '../core/source';
import { ICell, stateOf } from '../core/states';
import { plainWords } from '../core/words';
import { row } from './row';

const ID = 'ab'.repeat(32);
const NOW = 1000;

function cell(more: Partial<ICell> = {}): ICell {
  return {
    id: 'c',
    label: 'x',
    fingerprint: crc32('x'),
    facts: null,
    started: null,
    queued: false,
    ranAs: null,
    restored: null,
    ...more
  };
}

const newest = row(ID, { seconds: 48, created: NOW - 5, source: crc32('x') });
const state = (one: ICell, run = newest as typeof newest | null) => stateOf(one, run, NOW, plainWords);

test('a cell that runs counts against what it is expected to take', () => {
  expect(state(cell({ started: NOW - 12 })).line).toBe('running 0:12 of about 0:48');
  expect(state(cell({ started: NOW - 12 }), null).line).toBe('running 0:12');
  expect(state(cell({ queued: true })).mark).toBe('queued');
});

test('a cell is ran, restored, or stored as far as is known', () => {
  expect(state(cell()).line).toBe('took 48 s · just now');
  expect(state(cell({ restored: false })).line).toBe('ran · took 48 s · just now');
  expect(state(cell({ restored: true })).line).toBe('restored · saved 48 s');
  expect(state(cell(), null).mark).toBe('none');
});

test('a text that did not run yet is changed, one that gave the same result is not', () => {
  expect(state(cell({ fingerprint: 'other' })).mark).toBe('changed');
  expect(state(cell({ fingerprint: 'other', ranAs: 'other' })).mark).toBe('stored');
});

test('what was not stored says why', () => {
  const facts = { status: 'not stored', reason: 'it reads the clock' };
  expect(state(cell({ facts })).line).toBe('not stored: it reads the clock');
});

test('what is told of a cell that is not up to date says why', () => {
  expect(state(cell({ facts: { status: 'not stored', reason: 'it reads the clock' } })).reason).toBe(
    'it reads the clock'
  );
  expect(state(cell({ fingerprint: 'other' })).reason).toMatch(/not what ran/);
  expect(state(cell()).reason).toBe('');
});

test('how much of a run is over is told where it is known', () => {
  expect(state(cell({ started: NOW - 12 })).part).toBe(0.25);
  expect(state(cell({ started: NOW - 500 })).part).toBe(1);
  expect(state(cell({ started: NOW - 12 }), null).part).toBeNull();
  expect(state(cell()).part).toBeNull();
});

test('every mark has a sign of its own but those that mean stored', () => {
  const signs = [
    cell({ started: 1 }),
    cell({ queued: true }),
    cell({ fingerprint: '' }),
    cell({ restored: true }),
    cell()
  ].map(one => state(one).sign);
  expect(new Set(signs).size).toBe(5);
});

test('facts are taken from the last output that has some', () => {
  expect(factsOf([])).toBeNull();
  const outputs = [
    { metadata: { cashet: { commit: ID, seconds: 1, created: 2 } } },
    { metadata: {} },
    { metadata: { cashet: { notice: 'x' } } }
  ];
  expect(factsOf(outputs)).toEqual({ commit: ID, seconds: 1, created: 2 });
});

test('metadata that is nonsense says nothing', () => {
  for (const cashet of [
    null,
    7,
    'x',
    [],
    {},
    { commit: 'x' },
    { seconds: -1 },
    { seconds: '1' },
    { created: NaN },
    { commit: { toString: 1 } }
  ]) {
    expect(factsOf([{ metadata: { cashet } }])).toBeNull();
  }
  expect(factsOf([{ metadata: { cashet: { reason: 'x'.repeat(10_000) } } }])!.reason).toHaveLength(500);
});
