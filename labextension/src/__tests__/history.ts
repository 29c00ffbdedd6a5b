import { Runs } from '../core/runs';
import { ICell, stateOf } from '../core/states';
import { ICollection, IRow, IStats, IStorage } from '../core/types';
import { plainWords } from '../core/words';
import { HistoryModel } from '../model/model';
import { row } from './row';

export const STATS: IStats = { commits: 2, physical: 400, limit: 1000, hits: 3, saved: 60, notices: [] };
export const COLLECTION: ICollection = {
  evicted: [{ ...row('aa', { size: 300 }), why: 'over the limit' }],
  more: 2,
  freed: 300,
  left: 100,
  limit: 1000
};
export const STORAGE: IStorage = {
  notebooks: [
    {
      notebook: 'work/x.ipynb',
      runs: 2,
      size: 400,
      saved: 60,
      hits: 3,
      more: 0,
      cells: [{ cell: 'c1', label: 'frame = load()', runs: 2, size: 400, saved: 60, hits: 3, newest: 'aa' }]
    }
  ],
  more: 0,
  physical: 400,
  logical: 900,
  limit: 1000
};

/** A cell of a notebook with nothing special about it. */
export function cell(id: string, more: Partial<ICell> = {}): ICell {
  const nothing = { facts: null, started: null, queued: false, ranAs: null, restored: null };
  return { id, label: `${id} = 1`, fingerprint: '', ...nothing, ...more };
}

/** What the views see of the model, without Lab; what they ask of it is kept. */
export function history(cells: ICell[] = [], rows: IRow[] = []) {
  const runs = new Runs();
  runs.append({ runs: rows, next: '' });
  const asked: unknown[][] = [];
  const answer =
    <T>(name: string, content: T) =>
    async (...given: unknown[]): Promise<T> => {
      asked.push([name, ...given.slice(1)]);
      return content;
    };
  const made = {
    asked,
    runs,
    newest: new Map(rows.map(one => [one.cell, one])),
    stats: STATS as IStats | null,
    trouble: '' as unknown,
    search: '',
    whole: false,
    running: false,
    notebook: null,
    target: { path: 'x.ipynb', kernel: '' },
    cells: () => cells,
    stateOf: (one: ICell) => stateOf(one, made.newest.get(one.id) ?? null, 1000, plainWords),
    runsOf: async (id: string) => rows.filter(one => one.cell === id),
    more: async () => undefined,
    renew: async () => undefined,
    setSearch: (search: string, whole: boolean) => {
      asked.push(['search', search, whole]);
      [made.search, made.whole] = [search, whole];
    },
    api: {
      names: answer('names', ['stage=test', 'stage=train']),
      storage: answer('storage', STORAGE),
      preview: answer('preview', COLLECTION),
      collect: answer('collect', COLLECTION)
    }
  };
  return made;
}

/** The same, as the views take it. */
export function asModel(made: ReturnType<typeof history>): HistoryModel {
  return made as unknown as HistoryModel;
}

/** Until what was asked is answered. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await Promise.resolve();
  }
}
