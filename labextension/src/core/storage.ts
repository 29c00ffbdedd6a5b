import { ICellStorage, INotebookStorage, IStorage } from './types';

/** A line of the tree of what takes space. `share` is of everything, `bar` of the biggest; both from 0 to 1. */
export type StorageLine =
  | { kind: 'notebook'; at: INotebookStorage; open: boolean; share: number; bar: number; place: [number, number] }
  | { kind: 'cell'; at: ICellStorage; notebook: string; share: number; bar: number; place: [number, number] }
  | { kind: 'more'; of: string; count: number; level: 1 | 2; place: [number, number] };

/** The tree as lines: notebooks, the biggest first, and the cells of those that are open. */
export function storageLines(storage: IStorage, open: ReadonlySet<string>): StorageLine[] {
  const lines: StorageLine[] = [];
  const sum = storage.notebooks.reduce((all, one) => all + one.size, 0);
  const all = storage.more > 0 ? Math.max(sum, storage.logical) : sum;
  const biggest = Math.max(1, ...storage.notebooks.map(one => one.size));
  const shares = (size: number) => ({ share: part(size, all), bar: part(size, biggest) });
  const siblings = storage.notebooks.length + (storage.more > 0 ? 1 : 0);
  storage.notebooks.forEach((at, index) => {
    const isOpen = open.has(at.notebook);
    lines.push({ kind: 'notebook', at, open: isOpen, ...shares(at.size), place: [index + 1, siblings] });
    if (isOpen) {
      const count = at.cells.length + (at.more > 0 ? 1 : 0);
      at.cells.forEach((cell, place) =>
        lines.push({ kind: 'cell', at: cell, notebook: at.notebook, ...shares(cell.size), place: [place + 1, count] })
      );
      if (at.more > 0) {
        lines.push({ kind: 'more', of: at.notebook, count: at.more, level: 2, place: [count, count] });
      }
    }
  });
  if (storage.more > 0) {
    lines.push({ kind: 'more', of: '', count: storage.more, level: 1, place: [siblings, siblings] });
  }
  return lines;
}

/** By which a line is known again when the tree is fetched anew. */
export function storageKey(line: StorageLine): string {
  switch (line.kind) {
    case 'notebook':
      return `n ${line.at.notebook}`;
    case 'cell':
      return `c ${line.notebook} ${line.at.cell} ${line.at.label}`;
    case 'more':
      return `m ${line.level} ${line.of}`;
  }
}

function part(size: number, all: number): number {
  return all > 0 ? Math.max(0, Math.min(1, size / all)) : 0;
}

/** A part as people read it: `45 %`, `< 1 %`. */
export function percent(share: number): string {
  const whole = Math.round(share * 100);
  return whole === 0 && share > 0 ? '< 1 %' : `${whole} %`;
}

/** Sizes that a store may be brought down to: its limit, then less and less of what it holds; each in bytes. */
export function sizeChoices(held: number, limit: number): number[] {
  const parts = [0.75, 0.5, 0.25].map(share => Math.floor(held * share));
  return [limit, ...parts.filter(size => size > 0 && size < limit), 0];
}
