/** What is typed into the search box: `tag:stage=train var:df status:failed since:7d frame`. */
export interface IFilters {
  text: string;
  tag: string;
  variable: string;
  cell: string;
  status: string;
  since: string;
  until: string;
}

/** What a search can be narrowed by. */
export type Key = Exclude<keyof IFilters, 'text'>;

/** A word of a search: a filter if it has a key, else text to look for. */
export interface IWord {
  start: number;
  end: number;
  key: Key | null;
  /** As it was meant: without quotes. */
  value: string;
}

const KEYS: Record<string, Key> = {
  tag: 'tag',
  var: 'variable',
  variable: 'variable',
  cell: 'cell',
  status: 'status',
  since: 'since',
  until: 'until'
};
const STATUS: Record<string, string> = { failed: 'failed', completed: 'completed', ok: 'completed' };
const UNITS: Record<string, number> = { min: 60, h: 3600, d: 86400, w: 604800 };
// A quote that is still open reaches to the end: it is being typed.
const WORD = /(?:\w+:)?"(?:[^"\\]|\\.)*"?|\S+/g;

/** How a key is written. */
export function written(key: Key): string {
  return key === 'variable' ? 'var' : key;
}

/** The key that a text stands for; null if it is none. */
export function keyOf(text: string): Key | null {
  return Object.hasOwn(KEYS, text.toLowerCase()) ? KEYS[text.toLowerCase()] : null;
}

/** The words of a search, in their order; what is not understood is text. */
export function wordsOf(search: string): IWord[] {
  return [...search.matchAll(WORD)].map(found => {
    const word = found[0];
    const place = { start: found.index, end: found.index + word.length };
    const match = /^(\w+):(.+)$/s.exec(word);
    const key = match ? keyOf(match[1]) : null;
    const value = unquoted(match && key ? match[2] : word);
    if (keyOf(/^(\w+):"?$/.exec(word)?.[1] ?? '')) {
      return { ...place, key: null, value: '' }; // a key whose value is still to come looks for nothing
    }
    return key && meaning(key, value, 0) ? { ...place, key, value } : { ...place, key: null, value: unquoted(word) };
  });
}

/** Read a search. `now` is in seconds. Of two filters of one key the last counts. */
export function parse(search: string, now: number): IFilters {
  const found: IFilters = { text: '', tag: '', variable: '', cell: '', status: '', since: '', until: '' };
  const rest: string[] = [];
  for (const word of wordsOf(search)) {
    if (word.key) {
      found[word.key] = meaning(word.key, word.value, now);
    } else {
      rest.push(word.value);
    }
  }
  found.text = rest.filter(Boolean).join(' ').trim();
  return found;
}

/** The filters of a search as they were typed: each key once, as it counts. */
export function setFilters(search: string): Map<Key, string> {
  return new Map(wordsOf(search).flatMap(word => (word.key ? [[word.key, word.value] as const] : [])));
}

/** Words that begin like a filter and are none, so that they are looked for as text: `status:odd`. */
export function misread(search: string): string[] {
  return wordsOf(search)
    .filter(word => word.key === null && keyOf(/^(\w+):/.exec(word.value)?.[1] ?? ''))
    .map(word => word.value);
}

/** A search with this filter in the place of others of its key; an empty value only takes them away. */
export function withFilter(search: string, key: Key, value: string): string {
  const kept = wordsOf(search)
    .filter(word => word.key !== key)
    .map(word => search.slice(word.start, word.end));
  return [...kept, value ? `${written(key)}:${quoted(value)}` : ''].filter(Boolean).join(' ');
}

/** A value as it is typed: in quotes where it would be taken for something else. */
export function quoted(value: string): string {
  return /^[^\s"\\]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') : value;
}

function meaning(key: Key, value: string, now: number): string {
  if (key === 'status') {
    const name = value.toLowerCase();
    return Object.hasOwn(STATUS, name) ? STATUS[name] : '';
  }
  return key === 'since' || key === 'until' ? moment(value, now, key === 'until') : value;
}

/**
 * Seconds since the epoch of `7d`, `12h`, `today`, `2026-05-12`; empty for anything else.
 *
 * A day that something is looked for `until` is meant with all its hours.
 */
function moment(value: string, now: number, whole: boolean): string {
  const ago = /^(\d{1,6})(min|h|d|w)$/.exec(value);
  if (ago) {
    return String(now - Number(ago[1]) * UNITS[ago[2]]);
  }
  const today = new Date(now * 1000);
  const at = (year: number, month: number, day: number) =>
    String(new Date(year, month, day + (whole ? 1 : 0)).getTime() / 1000);
  if (value === 'today' || value === 'yesterday') {
    return at(today.getFullYear(), today.getMonth(), today.getDate() - (value === 'today' ? 0 : 1));
  }
  const day = /^(\d{4})-(\d\d?)-(\d\d?)$/.exec(value);
  return day ? at(Number(day[1]), Number(day[2]) - 1, Number(day[3])) : '';
}

/** Whether anything is looked for. */
export function any(filters: IFilters): boolean {
  return Object.values(filters).some(value => value !== '');
}
