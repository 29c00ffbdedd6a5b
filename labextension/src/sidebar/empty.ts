import { h } from '../core/dom';
import { misread } from '../core/filters';
import { IWords } from '../core/words';
import { HistoryModel, Trouble } from '../model/model';
import { View } from './view';

/** What is to be said where there is nothing to show, or beside it; nothing if all is well. */
export function message(model: HistoryModel, view: View, lines: number, words: IWords): HTMLElement[] {
  if (model.trouble !== '') {
    return troubleText(model.trouble, words);
  }
  if (lines > 0) {
    return [];
  }
  switch (view) {
    case 'cells':
      return [text(words.__('The notebook has no code cells.'))];
    case 'runs':
      return model.runs.complete ? noRuns(model, words) : [text(words.__('…'))];
    case 'storage':
      return model.stats?.commits === 0 ? [text(words.__('Nothing is stored.'))] : [];
  }
}

function noRuns(model: HistoryModel, words: IWords): HTMLElement[] {
  if (!model.search) {
    const elsewhere = model.whole || !model.stats?.commits;
    return [
      text(words.__('No runs yet: put %1 on a cell and run it.', '%%cashet')),
      ...(elsewhere ? [] : [text(words.__('Other notebooks have runs in this store: choose “Whole store” above.'))])
    ];
  }
  const odd = misread(model.search);
  return [
    text(words.__('Nothing was found.')),
    ...(odd.length ? [text(words.__('%1 is no filter, and was looked for as text.', odd.join(', ')))] : []),
    ...(model.whole ? [] : [text(words.__('Only runs of this notebook were looked at.'))])
  ];
}

function troubleText(trouble: Trouble, words: IWords): HTMLElement[] {
  if (typeof trouble === 'object') {
    return [text(trouble.text)];
  }
  switch (trouble) {
    case 'no notebook':
      return [text(words.__('Open a notebook to see its cells.'))];
    case 'nothing stored':
      return first(words);
    default:
      return [];
  }
}

/** How one begins. */
function first(words: IWords): HTMLElement[] {
  const step = (code: string, what: string) => h('li', {}, h('code', {}, code), h('span', {}, what));
  return [
    h('p', {}, h('strong', {}, words.__('Nothing is stored yet.'))),
    h(
      'ol',
      {},
      step('%load_ext cashet_jupyter', words.__('in the first cell, once in a notebook')),
      step('%%cashet', words.__('as the first line of a slow cell')),
      h('li', {}, h('span', {}, words.__('Run it. From then on it is restored at once, in any kernel.')))
    )
  ];
}

function text(content: string): HTMLElement {
  return h('p', {}, content);
}
