import { Key, keyOf, quoted, wordsOf, written } from './filters';

/** The word of a search that is being typed: which filter's value, or the beginning of a key. */
export interface ITyped {
  start: number;
  end: number;
  key: Key | null;
  /** What stands before the caret, without key and quotes. */
  prefix: string;
}

const KEYS: Key[] = ['variable', 'tag', 'status', 'since', 'until'];
const FIXED: Partial<Record<Key, string[]>> = {
  status: ['completed', 'failed'],
  since: ['today', 'yesterday', '7d', '30d'],
  until: ['yesterday', '7d', '30d']
};

/** The word in which the caret stands, or after which. */
export function typed(search: string, caret: number): ITyped {
  const place = { start: caret, end: caret };
  for (const { start, end } of wordsOf(search)) {
    if (start <= caret && caret <= end) {
      [place.start, place.end] = [start, end];
    }
  }
  const text = search.slice(place.start, caret);
  const match = /^(\w+):(.*)$/s.exec(text);
  const key = match ? keyOf(match[1]) : null;
  return { ...place, key, prefix: match && key ? match[2].replace(/^"/, '').replace(/\\(.)/g, '$1') : text };
}

/** Whether the word is a filter whose value cannot be meant yet: what it finds would only be wrong. */
export function unfinished(search: string, word: ITyped): boolean {
  return (
    word.key !== null &&
    word.prefix !== '' &&
    !wordsOf(search).some(one => one.start === word.start && one.key !== null)
  );
}

/** What can be said without asking anybody: keys that begin so, or values that a key can have. */
export function known(word: ITyped): string[] {
  if (word.key) {
    return (FIXED[word.key] ?? []).filter(
      value => value.startsWith(word.prefix.toLowerCase()) && value !== word.prefix
    );
  }
  return KEYS.map(key => `${written(key)}:`).filter(key => key.startsWith(word.prefix.toLowerCase()));
}

/** As which kind of names the store is asked; empty where it knows none. */
export function kindOf(word: ITyped): '' | 'name' | 'tag' {
  return word.key === 'variable' ? 'name' : word.key === 'tag' ? 'tag' : '';
}

/** The search with this in the place of the word, and where the caret is then: after a value one goes on. */
export function completed(search: string, word: ITyped, choice: string): { search: string; caret: number } {
  const text = word.key ? `${written(word.key)}:${quoted(choice)} ` : choice;
  const rest = search.slice(word.end);
  const before = search.slice(0, word.start) + text;
  return { search: before + (word.key ? rest.replace(/^\s+/, '') : rest), caret: before.length };
}
