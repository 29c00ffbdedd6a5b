import { Language, LanguageSupport } from '@codemirror/language';
import { goToNextChunk, goToPreviousChunk, MergeView } from '@codemirror/merge';
import { EditorState, Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { jupyterTheme } from '@jupyterlab/codemirror';
import { IDisposable } from '@lumino/disposable';

import { h } from '../core/dom';
import { IWords } from '../core/words';

/** What two texts are compared with. */
export interface IMergeOptions {
  words: IWords;
  /** What the texts are, for those who cannot see them. */
  label: string;
  /** Null for text that is none. */
  language: LanguageSupport | Language | null;
  /** Also long stretches that are the same. */
  all: boolean;
}

/** Two texts side by side, with what differs marked: CodeMirror's merge view, in which nothing can be changed. */
export class TwoTexts implements IDisposable {
  readonly node = h('div', { class: 'jp-Cashet-merge' });
  private _view: MergeView;

  constructor(old: string, now: string, options: IMergeOptions) {
    const { all, words } = options;
    const one = (doc: string, label: string) => ({ doc, extensions: extensions(label, options) });
    this._view = new MergeView({
      a: one(old, words.__('%1 before, read only', options.label)),
      b: one(now, words.__('%1 after, read only', options.label)),
      parent: this.node,
      gutter: true,
      highlightChanges: true,
      collapseUnchanged: all ? undefined : { margin: 3, minSize: 4 },
      // A long text of a stored run must not hold up the page: beyond this, whole lines count as changed.
      diffConfig: { scanLimit: 500, timeout: 300 }
    });
    this._view.a.dom.classList.add('jp-mod-old');
    this._view.b.dom.classList.add('jp-mod-new');
  }

  get isDisposed(): boolean {
    return !this.node.hasChildNodes();
  }

  dispose(): void {
    this._view.destroy();
    this.node.replaceChildren();
  }
}

function extensions(label: string, { language, words }: IMergeOptions): Extension {
  return [
    lineNumbers(),
    EditorView.lineWrapping,
    EditorState.readOnly.of(true),
    // It can be walked through with the keyboard, so it has the focus; Tab leaves it.
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' }),
    EditorState.phrases.of({ '$ unchanged lines': words.__('$ equal lines') }),
    keymap.of([
      { key: 'Alt-ArrowDown', run: goToNextChunk },
      { key: 'Alt-ArrowUp', run: goToPreviousChunk },
      { key: 'Enter', run: unfold }
    ]),
    jupyterTheme,
    language ?? []
  ];
}

/** Show the lines that are left out nearest to the cursor; CodeMirror knows only a click for that. */
function unfold(view: EditorView): boolean {
  const { head } = view.state.selection.main;
  const far = (folded: HTMLElement) => Math.abs(view.posAtDOM(folded) - head);
  const all = [...view.dom.querySelectorAll<HTMLElement>('.cm-collapsedLines')];
  all.sort((one, other) => far(one) - far(other))[0]?.click();
  return true;
}
