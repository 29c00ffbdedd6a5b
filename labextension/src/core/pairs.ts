/** Two lists side by side: what belongs together, what is only in one of them. */
export interface IPair<T> {
  kind: 'same' | 'changed' | 'added' | 'removed';
  /** Undefined where there is none. */
  old?: T;
  new?: T;
}

/** Products of lengths up to which the longest common subsequence is looked for. */
const MOST = 1_000_000;

/**
 * Items with the same key in the same order belong together; between them, items stand beside each other as far as both
 * lists have some that are `alike`.
 */
export function paired<T>(old: T[], now: T[], key: (item: T) => string, alike: (a: T, b: T) => boolean): IPair<T>[] {
  const found: IPair<T>[] = [];
  let [i, j] = [0, 0];
  const common = longest(old.map(key), now.map(key));
  for (const [iEnd, jEnd] of [...common, [old.length, now.length] as const]) {
    found.push(...between(old.slice(i, iEnd), now.slice(j, jEnd), alike));
    if (iEnd < old.length && jEnd < now.length) {
      found.push({ kind: 'same', old: old[iEnd], new: now[jEnd] });
    }
    [i, j] = [iEnd + 1, jEnd + 1];
  }
  return found;
}

function between<T>(old: T[], now: T[], alike: (a: T, b: T) => boolean): IPair<T>[] {
  const found: IPair<T>[] = [];
  const waiting = [...now];
  for (const item of old) {
    const place = waiting.findIndex(other => alike(item, other));
    if (place < 0) {
      found.push({ kind: 'removed', old: item });
      continue;
    }
    waiting.splice(0, place).forEach(other => found.push({ kind: 'added', new: other }));
    found.push({ kind: 'changed', old: item, new: waiting.shift() });
  }
  return [...found, ...waiting.map(item => ({ kind: 'added' as const, new: item }))];
}

/** The longest common subsequence, as places in both; only what begins alike where it would take too long. */
function longest(old: string[], now: string[]): [number, number][] {
  if (old.length * now.length > MOST) {
    const end = old.findIndex((key, place) => key !== now[place]);
    return Array.from({ length: end < 0 ? Math.min(old.length, now.length) : end }, (_, place) => [place, place]);
  }
  const width = now.length + 1;
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

/** A short text in pieces, each with whether the other text does not have it. */
export function pieces(text: string, other: string): [string, boolean][] {
  const [left, right] = [other, text].map(one => one.match(/\d+(?:[.,]\d+)*|\w+|\s+|[^\w\s]/g) ?? []);
  return paired(
    left,
    right,
    piece => piece,
    () => false
  )
    .filter(pair => pair.new !== undefined)
    .map(pair => [pair.new!, pair.kind !== 'same' && pair.new!.trim() !== '']);
}
