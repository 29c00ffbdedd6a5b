import {
  ICollection,
  IContrast,
  IDescent,
  IDetail,
  IPage,
  IPlace,
  IRow,
  IShown,
  IStats,
  IStorage,
  IVersions
} from '../core/types';

/** Which store is meant: that of a notebook, or the one that its kernel has registered. */
export interface ITarget {
  path: string;
  kernel: string;
}

/** Arguments of a question, by name; what is empty is not sent. */
export type Params = Record<string, string | string[]>;

/** What a collection may be asked for; without any of it, what the store's limit asks for. */
export interface ICollecting {
  /** Bytes that may stay. */
  max_size?: number;
  /** Seconds; what was not used for longer goes. */
  older_than?: number;
}

/** Cells whose newest run is asked for at once. */
const PORTION = 100;

/**
 * What pages and the model ask of a store, whichever way it is asked: the Jupyter server, or a kernel.
 *
 * Every answer may be refused with a `Refusal`, whose message is fit to be shown.
 */
export abstract class Source {
  /** Put a question: `route` as in REST. */
  abstract ask<T>(route: string, target: ITarget, params: Params): Promise<T>;

  /** Change something: `route` as in REST. */
  abstract change<T>(route: string, target: ITarget, body: object): Promise<T>;

  /** Which store it is, and its version: that tells whether anything is new. */
  place(target: ITarget): Promise<IPlace> {
    return this.ask('store', target, {});
  }

  /** One page of runs, newest first. */
  runs(target: ITarget, params: Params): Promise<IPage> {
    return this.ask('runs', target, params);
  }

  /**
   * The run that each cell shows: the one that its output names, which may be an older one, or of another notebook;
   * else the newest of the cell. Asked in portions, since each cell is a part of the address.
   */
  async cells(target: ITarget, cells: { id: string; commit: string }[]): Promise<Map<string, IRow>> {
    const found = new Map<string, IRow>();
    for (let start = 0; start < cells.length; start += PORTION) {
      const portion = cells.slice(start, start + PORTION);
      const params = { cell: portion.map(cell => cell.id), run: portion.map(cell => cell.commit) };
      const answer = await this.ask<Record<'cells' | 'runs', Record<string, IRow | null>>>('cells', target, params);
      for (const { id, commit } of portion) {
        const row = answer.runs[commit] ?? answer.cells[id];
        if (row) {
          found.set(id, row);
        }
      }
    }
    return found;
  }

  /** Everything that is told of one run but what it showed. */
  run(target: ITarget, id: string): Promise<IDetail> {
    return this.ask(`runs/${id}`, target, {});
  }

  /** What a run showed. */
  shown(target: ITarget, id: string): Promise<IShown> {
    return this.ask(`runs/${id}/shown`, target, {});
  }

  /** What a run was made from, and what was made from it. */
  lineage(target: ITarget, id: string): Promise<IDescent> {
    return this.ask(`runs/${id}/lineage`, target, {});
  }

  /** What the cell of a run was before, and since. */
  versions(target: ITarget, id: string): Promise<IVersions> {
    return this.ask(`runs/${id}/versions`, target, {});
  }

  /** What differs between two runs. */
  diff(target: ITarget, old: string, now: string): Promise<IContrast> {
    return this.ask(`diff/${old}/${now}`, target, {});
  }

  /** What the store holds in all. */
  stats(target: ITarget): Promise<IStats> {
    return this.ask('stats', target, {});
  }

  /** What takes space, by notebook and cell. */
  storage(target: ITarget): Promise<IStorage> {
    return this.ask('storage', target, {});
  }

  /** Names that stand in the store and begin with a prefix: of `name` (variables), `tag`, `label` and the like. */
  async names(target: ITarget, kind: string, prefix: string): Promise<string[]> {
    return (await this.ask<{ names: string[] }>(`names/${kind}`, target, { prefix })).names;
  }

  /** What a collection would remove. */
  preview(target: ITarget, wish: ICollecting = {}): Promise<ICollection> {
    const params = Object.fromEntries(Object.entries(wish).map(([name, value]) => [name, String(value)]));
    return this.ask('gc', target, params);
  }

  /** Collect. */
  collect(target: ITarget, wish: ICollecting = {}): Promise<ICollection> {
    return this.change('collect', target, wish);
  }

  /** Keep a run whatever is collected, or let it go with the others. */
  pin(target: ITarget, id: string, pinned: boolean): Promise<IRow> {
    return this.change(`runs/${id}/pin`, target, { pinned });
  }

  /** Put tags on a run, and take them off. */
  tag(target: ITarget, id: string, set: Record<string, string>, remove: string[]): Promise<IRow> {
    return this.change(`runs/${id}/tags`, target, { set, remove });
  }

  /** Remove a run. */
  remove(target: ITarget, id: string): Promise<{ removed: string }> {
    return this.change(`runs/${id}/rm`, target, {});
  }
}
