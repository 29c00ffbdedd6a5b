import { h } from '../core/dom';
import { size } from '../core/format';
import { drawPreview } from '../core/drawpreview';
import { IFinding, IValue } from '../core/types';
import { IWords } from '../core/words';

/** Parts that several pages are put together from. */

/** A part of a page that can be folded away. */
export function section(title: string, ...children: (Node | null)[]): HTMLElement {
  return h('details', { open: true, class: 'jp-Cashet-section' }, h('summary', {}, h('h2', {}, title)), ...children);
}

/** A button; `pressed` makes it one that stays. */
export function button(text: string, title: string, act: () => void, pressed?: boolean): HTMLButtonElement {
  const state = pressed === undefined ? {} : { 'aria-pressed': String(pressed) };
  return h('button', { type: 'button', class: 'jp-Cashet-button', title, onclick: () => act(), ...state }, text);
}

/** A line that says something beside the matter. */
export function quiet(text: string): HTMLElement {
  return h('p', { class: 'jp-Cashet-quiet' }, text);
}

/** What changed, with what changed inside of it; `all` also what did not. */
export function findingList(findings: IFinding[], all = false): HTMLElement {
  const items = findings.map(finding => {
    const inside = finding.parts.filter(part => all || part.change);
    const said = finding.change || finding.now;
    const text = said.startsWith(':') ? said : ` ${said}`;
    return h('li', {}, h('strong', {}, finding.name), text, inside.length ? findingList(inside, all) : null);
  });
  return h('ul', { class: 'jp-Cashet-plain' }, ...items);
}

/** Values by name, type and what they were, each with its preview; `more` are not told. */
export function valueList(values: IValue[], more: number, name: string, words: IWords): HTMLElement {
  if (!values.length) {
    return quiet(words.__('None'));
  }
  const items = values.map(value =>
    h(
      'li',
      { class: 'jp-Cashet-value' },
      h('code', {}, value.name),
      h('span', {}, value.type),
      h('span', {}, value.summary),
      h('span', { class: 'jp-Cashet-quiet' }, value.size ? size(value.size) : ''),
      drawPreview(value.preview, words)
    )
  );
  const list = h('ul', { class: 'jp-Cashet-values', 'aria-label': name }, ...items);
  return h('div', {}, list, more ? quiet(words._n('%1 more', '%1 more', more)) : null);
}
