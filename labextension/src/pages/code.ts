import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';

import { fill, h } from '../core/dom';
import { IWords } from '../core/words';

/** Characters up to which a source is highlighted. */
const MOST = 100_000;

/** The language of cells, as Lab's editor has it: with magics. */
export function languageOf(languages: IEditorLanguageRegistry | null) {
  return languages?.findBest('ipython', false) ?? languages?.findBest('python', false) ?? null;
}

/** A source with the numbers of its lines, highlighted by Lab's own highlighter once that is loaded. */
export function drawCode(code: string, languages: IEditorLanguageRegistry | null, words: IWords): HTMLElement {
  const lines = code.replace(/\n+$/, '').split('\n').length;
  const numbers = Array.from({ length: lines }, (_, line) => String(line + 1)).join('\n');
  const text = h('code', {}, code);
  void highlight(code, languages, text);
  return h(
    'div',
    { class: 'jp-Cashet-code', tabindex: 0, role: 'group', 'aria-label': words.__('Source') },
    h('pre', { class: 'jp-Cashet-numbers', 'aria-hidden': 'true' }, numbers),
    h('pre', {}, text)
  );
}

async function highlight(code: string, languages: IEditorLanguageRegistry | null, place: HTMLElement): Promise<void> {
  const language = languageOf(languages);
  if (!languages || !language || code.length > MOST) {
    return;
  }
  const drawn = h('code', { class: 'cm-s-jupyter' });
  try {
    await languages.highlight(code, language, drawn);
    fill(place, ...drawn.childNodes);
  } catch (error) {
    console.warn('cashet: a source could not be highlighted', error); // it stands there as text
  }
}
