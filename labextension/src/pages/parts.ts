import { h } from '../core/dom';
import { IFinding } from '../core/types';

/** Parts that several pages are put together from. */

export function section(title: string, ...children: (Node | null)[]): HTMLElement {
  return h('details', { open: true, class: 'jp-Cashet-section' }, h('summary', {}, h('h2', {}, title)), ...children);
}

export function button(text: string, title: string, act: () => void, pressed?: boolean): HTMLElement {
  const state = pressed === undefined ? {} : { 'aria-pressed': String(pressed) };
  return h('button', { type: 'button', class: 'jp-Cashet-button', title, onclick: () => void act(), ...state }, text);
}

/** What changed, with what changed inside of it. */
export function findingList(findings: IFinding[]): HTMLElement {
  const items = findings.map(finding => {
    const inside = finding.parts.filter(part => part.change);
    const text = ` ${finding.change || finding.now}`;
    return h('li', {}, h('strong', {}, finding.name), text, inside.length ? findingList(inside) : null);
  });
  return h('ul', { class: 'jp-Cashet-plain' }, ...items);
}
