import { IRow } from '../core/types';

/** Two runs that are to be compared, picked one after the other. */
export class Pair {
  private _first: IRow | null = null;

  constructor(private _compare: (old: string, now: string) => void) {}

  /** Whether it is the one that another is to be compared with. */
  has(row: IRow): boolean {
    return this._first?.id === row.id;
  }

  /** Pick a run; with the second one they are compared, the older one first. A run picked twice is let go. */
  pick(row: IRow): void {
    const first = this._first;
    this._first = first ? null : row;
    if (first && first.id !== row.id) {
      const [old, now] = first.created <= row.created ? [first, row] : [row, first];
      this._compare(old.id, now.id);
    }
  }
}
