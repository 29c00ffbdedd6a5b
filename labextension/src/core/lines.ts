/** Two texts side by side, line by line. */

export type LineKind = 'same' | 'changed' | 'added' | 'removed';

export interface ILinePair {
  kind: LineKind;
  /** Number and text on the left; null where there is none. */
  old: [number, string] | null;
  new: [number, string] | null;
}

/** Products of lines up to which the longest common subsequence is looked for; 16 MB of table. */
const MOST = 4_000_000;

/** The lines of both, those that belong together in one row. */
export function sideBySide(before: string, after: string): ILinePair[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) {
    start++;
  }
  let end = 0;
  while (
    end < old.length - start &&
    end < now.length - start &&
    old[old.length - 1 - end] === now[now.length - 1 - end]
  ) {
    end++;
  }
  const pairs: ILinePair[] = [];
  const same = (i: number, j: number) => pairs.push({ kind: 'same', old: [i + 1, old[i]], new: [j + 1, now[j]] });
  for (let i = 0; i < start; i++) {
    same(i, i);
  }
  let [i, j] = [start, start];
  const commons = [...common(old.slice(start, old.length - end), now.slice(start, now.length - end)), null];
  for (const match of commons) {
    const [iEnd, jEnd] = match ? [start + match[0], start + match[1]] : [old.length - end, now.length - end];
    pairs.push(...changed(old, now, [i, iEnd], [j, jEnd]));
    if (match) {
      same(iEnd, jEnd);
    }
    [i, j] = [iEnd + 1, jEnd + 1];
  }
  for (let back = end; back > 0; back--) {
    same(old.length - back, now.length - back);
  }
  return pairs;
}

/** What stands between two common lines: beside each other as far as both have lines. */
function changed(old: string[], now: string[], left: [number, number], right: [number, number]): ILinePair[] {
  const rows = Math.max(left[1] - left[0], right[1] - right[0]);
  return Array.from({ length: Math.max(0, rows) }, (_, row) => {
    const [i, j] = [left[0] + row, right[0] + row];
    const one: [number, string] | null = i < left[1] ? [i + 1, old[i]] : null;
    const other: [number, string] | null = j < right[1] ? [j + 1, now[j]] : null;
    return { kind: one && other ? 'changed' : one ? 'removed' : 'added', old: one, new: other };
  });
}

/** The longest common subsequence, as places in both; empty where it would take too long. */
function common(old: string[], now: string[]): [number, number][] {
  const width = now.length + 1;
  if (!old.length || !now.length || old.length * now.length > MOST) {
    return [];
  }
  const length = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const here = i * width + j;
      length[here] =
        old[i] === now[j] ? length[here + width + 1] + 1 : Math.max(length[here + width], length[here + 1]);
    }
  }
  const found: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < old.length && j < now.length;) {
    if (old[i] === now[j]) {
      found.push([i++, j++]);
    } else if (length[(i + 1) * width + j] >= length[i * width + j + 1]) {
      i++;
    } else {
      j++;
    }
  }
  return found;
}

/** The pairs with long stretches of equal lines left out: numbers say how many, `around` lines stay at each end. */
export function folded(pairs: ILinePair[], around = 3): (ILinePair | number)[] {
  const near = new Set<number>();
  pairs.forEach((pair, place) => {
    for (let other = place - around; pair.kind !== 'same' && other <= place + around; other++) {
      near.add(other);
    }
  });
  const found: (ILinePair | number)[] = [];
  pairs.forEach((pair, place) => {
    const last = found[found.length - 1];
    if (near.has(place)) {
      found.push(pair);
    } else if (typeof last === 'number') {
      found[found.length - 1] = last + 1;
    } else {
      found.push(1);
    }
  });
  return found;
}
