import { completed, kindOf, known, typed, unfinished } from '../core/complete';
import { parse } from '../core/filters';

test('the word at the caret is completed, not the others', () => {
  expect(typed('frame tag:sta x', 13)).toEqual({ start: 6, end: 13, key: 'tag', prefix: 'sta' });
  expect(typed('frame tag:sta x', 2)).toEqual({ start: 0, end: 5, key: null, prefix: 'fr' });
  expect(typed('frame ', 6)).toEqual({ start: 6, end: 6, key: null, prefix: '' });
  expect(typed('tag:"two wo', 11)).toMatchObject({ key: 'tag', prefix: 'two wo' });
});

test('keys are offered by their beginning, and values of which there are few', () => {
  expect(known(typed('st', 2))).toEqual(['status:']);
  expect(known(typed('', 0))).toContain('var:');
  expect(known(typed('status:f', 8))).toEqual(['failed']);
  expect(known(typed('since:', 6))).toContain('7d');
  expect(known(typed('since:7d', 8))).toEqual([]);
});

test('names are asked of the store, each of its kind', () => {
  expect(['var:d', 'tag:s', 'status:f', 'frame'].map(text => kindOf(typed(text, text.length)))).toEqual([
    'name',
    'tag',
    '',
    ''
  ]);
});

test('a choice stands in the place of the word, and the caret after it', () => {
  const take = (search: string, choice: string) => completed(search, typed(search, search.length), choice);
  expect(take('frame st', 'status:')).toEqual({ search: 'frame status:', caret: 13 });
  expect(take('status:f', 'failed')).toEqual({ search: 'status:failed ', caret: 14 });
  const odd = take('tag:', 'stage=two "words"');
  expect(parse(odd.search, 0).tag).toBe('stage=two "words"');
  expect(completed('var:d frame', typed('var:d frame', 5), 'df')).toEqual({ search: 'var:df frame', caret: 7 });
});

test('a value that cannot be meant yet is waited for', () => {
  const at = (text: string) => unfinished(text, typed(text, text.length));
  expect(['status:fa', 'since:2026-0', 'status:failed', 'status:', 'tag:x', 'frame'].map(at)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false
  ]);
});
