import { IPage, IRow } from './types';

/**
 * The runs that were fetched so far, newest first, and where to go on.
 *
 * When the store changes only its newest page is fetched again: where that joins what is known, what lies below
 * stays, so that nothing jumps under the eyes of who has scrolled down.
 */
export class Runs {
  rows: IRow[] = [];
  next = '';
  complete = false;

  /** The page that follows. */
  append(page: IPage): void {
    const known = new Set(this.rows.map(row => row.id));
    this.rows = [...this.rows, ...page.runs.filter(row => !known.has(row.id))];
    this.next = page.next;
    this.complete = page.next === '';
  }

  /** The newest page, fetched again: what it no longer holds is gone, what it holds is as it is told now. */
  renew(page: IPage): void {
    const last = page.runs[page.runs.length - 1];
    const place = last ? this.rows.findIndex(row => row.id === last.id) : -1;
    if (page.next === '' || place < 0) {
      this.rows = page.runs;
      this.next = page.next;
      this.complete = page.next === '';
      return;
    }
    const fresh = new Set(page.runs.map(row => row.id));
    this.rows = [...page.runs, ...this.rows.slice(place + 1).filter(row => !fresh.has(row.id))];
  }

  /** One run as it is told now. */
  replace(row: IRow): void {
    this.rows = this.rows.map(known => (known.id === row.id ? row : known));
  }

  remove(id: string): void {
    this.rows = this.rows.filter(row => row.id !== id);
  }

  clear(): void {
    this.rows = [];
    this.next = '';
    this.complete = false;
  }
}
