import { ICodeCellModel } from '@jupyterlab/cells';
import { DocumentRegistry } from '@jupyterlab/docregistry';
import { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import { DisposableDelegate, IDisposable } from '@lumino/disposable';

import { factsOf } from '../core/facts';
import { duration, exactly, short } from '../core/format';
import { fingerprint } from '../core/source';
import { sign } from '../core/states';
import { IFacts } from '../core/types';
import { IWords } from '../core/words';

type Shown = 'stored' | 'changed' | 'refused' | 'storing';

/**
 * A small mark beside each cell that the cache knows: from what the outputs say, so without a kernel, without a server
 * and in notebooks that are not trusted. A cell that is edited after that is marked as changed.
 */
export class Badges implements DocumentRegistry.IWidgetExtension<NotebookPanel, INotebookModel> {
  constructor(private _words: IWords) {}

  createNew(panel: NotebookPanel): IDisposable {
    const known = new Map<ICodeCellModel, () => void>();
    const look = () => this._look(panel, known);
    void panel.context.ready.then(look);
    panel.content.modelContentChanged.connect(look);
    return new DisposableDelegate(() => {
      for (const stop of known.values()) {
        stop();
      }
      known.clear();
    });
  }

  /** Follow each code cell once, and let go of those that are gone. */
  private _look(panel: NotebookPanel, known: Map<ICodeCellModel, () => void>): void {
    if (panel.isDisposed) {
      return;
    }
    const there = new Set<ICodeCellModel>();
    for (const cell of panel.content.widgets) {
      if (cell.model.type !== 'code') {
        continue;
      }
      const model = cell.model as ICodeCellModel;
      there.add(model);
      if (!known.has(model)) {
        known.set(model, this._follow(cell.node, model));
      }
    }
    for (const [model, stop] of known) {
      if (!there.has(model)) {
        stop();
        known.delete(model);
      }
    }
  }

  private _follow(node: HTMLElement, model: ICodeCellModel): () => void {
    let seen: string | undefined;
    let source = '';
    const draw = () => {
      const outputs = Array.from({ length: model.outputs.length }, (_, index) => ({
        metadata: model.outputs.get(index).metadata
      }));
      const facts = factsOf(outputs);
      const now = fingerprint(model.sharedModel.getSource());
      if (facts?.commit !== seen) {
        [seen, source] = [facts?.commit, now];
      }
      this._draw(node, facts, seen !== undefined && source !== now);
    };
    const run = () => {
      source = fingerprint(model.sharedModel.getSource()); // the same commit again: the text is what ran
      draw();
    };
    model.outputs.changed.connect(run);
    model.contentChanged.connect(draw);
    draw();
    return () => {
      model.outputs.changed.disconnect(run);
      model.contentChanged.disconnect(draw);
    };
  }

  private _draw(node: HTMLElement, facts: IFacts | null, changed: boolean): void {
    const shown = kindOf(facts, changed);
    let badge = node.querySelector<HTMLElement>(':scope > .jp-Cashet-badge');
    if (!shown || !facts) {
      badge?.remove();
      delete node.dataset.cashet;
      return;
    }
    if (!badge) {
      badge = document.createElement('span');
      badge.className = 'jp-Cashet-badge';
      badge.setAttribute('role', 'note');
      node.append(badge);
    }
    const { text, title } = this._words_of(shown, facts);
    node.dataset.cashet = shown;
    badge.textContent = text;
    badge.title = title;
    badge.setAttribute('aria-label', title);
  }

  private _words_of(shown: Shown, facts: IFacts): { text: string; title: string } {
    const words = this._words;
    const took = facts.seconds === undefined ? '' : duration(facts.seconds);
    const when = facts.created === undefined ? '' : exactly(facts.created);
    switch (shown) {
      case 'stored':
        return {
          text: `${sign('stored')} ${took}`,
          title: words.__('cashet %1: stored, took %2 on %3', short(facts.commit ?? ''), took, when)
        };
      case 'changed':
        return {
          text: `${sign('changed')} ${took}`,
          title: words.__('cashet: changed since run %1, which took %2', short(facts.commit ?? ''), took)
        };
      case 'storing':
        return { text: '…', title: words.__('cashet: being stored') };
      case 'refused':
        return { text: sign('refused'), title: words.__('cashet: not stored - %1', facts.reason ?? '') };
    }
  }
}

function kindOf(facts: IFacts | null, changed: boolean): Shown | null {
  if (facts?.commit) {
    return changed ? 'changed' : 'stored';
  }
  if (facts?.status === 'not stored') {
    return 'refused';
  }
  return facts?.storing !== undefined ? 'storing' : null;
}
