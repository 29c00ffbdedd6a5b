import { duration, exactly, short } from '../core/format';
import { sign } from '../core/states';
import { IFacts } from '../core/types';
import { IWords } from '../core/words';

/** What a cell's mark says: how its result came about, or why there is none. */
export type Kind = 'restored' | 'ran' | 'stored' | 'changed' | 'refused' | 'storing';

/** What a mark is made from. */
export interface IMarked {
  /** What the outputs of the cell say. */
  facts: IFacts | null;
  /** Whether the text is another one than what ran. */
  changed: boolean;
  /** How it went in this session; null if it did not run in it. */
  restored: boolean | null;
}

/** What is to be shown of a cell; null for one that the cache has no part in. */
export function kindOf({ facts, changed, restored }: IMarked): Kind | null {
  if (facts?.commit) {
    return changed ? 'changed' : restored === null ? 'stored' : restored ? 'restored' : 'ran';
  }
  if (facts?.status === 'not stored') {
    return 'refused';
  }
  return facts?.storing !== undefined ? 'storing' : null;
}

/** A sign and a few letters, and the same in words. */
export function told(kind: Kind, facts: IFacts, words: IWords): { text: string; title: string } {
  const took = facts.seconds === undefined ? '' : duration(facts.seconds);
  const when = facts.created === undefined ? '' : exactly(facts.created);
  const id = short(facts.commit ?? '');
  switch (kind) {
    case 'restored':
      return {
        text: `${sign('restored')} ${took}`,
        title: words.__('cashet %1: restored, saved %2; it ran on %3', id, took, when)
      };
    case 'ran':
      return {
        text: `${sign('ran')} ${took}`,
        title: words.__('cashet %1: ran and stored, took %2', id, took)
      };
    case 'stored':
      return {
        text: `${sign('stored')} ${took}`,
        title: words.__('cashet %1: stored, took %2 on %3', id, took, when)
      };
    case 'changed':
      return {
        text: `${sign('changed')} ${took}`,
        title: words.__('cashet: changed since run %1, which took %2', id, took)
      };
    case 'storing':
      return { text: '…', title: words.__('cashet: being stored') };
    case 'refused':
      return { text: sign('refused'), title: words.__('cashet: not stored - %1', facts.reason ?? '') };
  }
}

/** Draw a cell's mark, change it, or take it away; `open` is what a click on it does. */
export function draw(node: HTMLElement, marked: IMarked, open: () => void, words: IWords): void {
  const kind = kindOf(marked);
  let badge = node.querySelector<HTMLElement>(':scope > .jp-Cashet-badge');
  if (!kind || !marked.facts) {
    badge?.remove();
    delete node.dataset.cashet;
    return;
  }
  if (!badge) {
    badge = document.createElement('button');
    badge.className = 'jp-Cashet-badge';
    badge.setAttribute('type', 'button');
    badge.tabIndex = -1; // a stop beside each cell would be in the way; there is a command for it
    badge.addEventListener('click', open);
    node.append(badge);
  }
  const { text, title } = told(kind, marked.facts, words);
  node.dataset.cashet = kind;
  if (badge.textContent !== text || badge.title !== title) {
    badge.textContent = text;
    badge.title = title;
    badge.setAttribute('aria-label', title);
  }
}

/** Take a cell's mark away. */
export function clear(node: HTMLElement): void {
  node.querySelector(':scope > .jp-Cashet-badge')?.remove();
  delete node.dataset.cashet;
}
