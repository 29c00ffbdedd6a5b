import { IDisposable } from '@lumino/disposable';

import { h } from '../core/dom';
import { IPair, paired } from '../core/pairs';
import { IOutput, IShown } from '../core/types';
import { button, quiet } from './parts';
import { Drawer } from './shown';
import { ITools } from './tools';

/** Pairs of texts that are compared line by line on one page; each is two editors. */
const MOST_TEXTS = 20;
const TEXTS: IOutput['kind'][] = ['stdout', 'stderr', 'text'];
/** The colours of a terminal are of no use in a comparison. */
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** What two runs showed, side by side; what is made for it is given to `keep`, to be disposed of. */
export async function drawOutputs(
  old: IShown,
  now: IShown,
  all: boolean,
  drawer: Drawer,
  tools: ITools,
  keep: (one: IDisposable) => void
): Promise<HTMLElement> {
  const words = tools.words;
  const alike = (one: IOutput, other: IOutput) => one.kind === other.kind;
  const pairs = paired(old.outputs, now.outputs, one => JSON.stringify(one), alike);
  const told = pairs.filter(pair => all || pair.kind !== 'same');
  const node = h('div', { class: 'jp-Cashet-shown' });
  const texts = told.filter(isText).slice(0, MOST_TEXTS);
  for (const pair of told) {
    node.append(texts.includes(pair) ? await drawTexts(pair, tools, keep) : await drawPair(pair, drawer, tools));
  }
  const equal = pairs.length - told.length;
  if (equal) {
    node.append(quiet(words._n('%1 is the same', '%1 are the same', equal)));
  }
  if (!pairs.length) {
    node.append(quiet(words.__('Nothing')));
  }
  const more = Math.max(old.more, now.more);
  if (more) {
    node.append(quiet(words._n('%1 more is not compared', '%1 more are not compared', more)));
  }
  return node;
}

function isText(pair: IPair<IOutput>): boolean {
  return pair.kind === 'changed' && TEXTS.includes(pair.old!.kind);
}

async function drawTexts(pair: IPair<IOutput>, tools: ITools, keep: (one: IDisposable) => void): Promise<HTMLElement> {
  const { TwoTexts } = await import('./merge');
  const [old, now] = [pair.old!, pair.new!].map(one => one.text.replace(COLOURS, '').replace(/\n$/, ''));
  const words = tools.words;
  const view = new TwoTexts(old, now, { words, label: words.__('Printed text'), language: null, all: false });
  keep(view);
  return view.node;
}

async function drawPair(pair: IPair<IOutput>, drawer: Drawer, tools: ITools): Promise<HTMLElement> {
  const [left, right] = [pair.old, pair.new].map(one => ({ one, place: h('div') }));
  for (const { one, place } of [left, right]) {
    if (one) {
      await drawer.one(one, place);
    } else {
      place.append(quiet(tools.words.__('not there')));
    }
  }
  const sides = h('div', { class: `jp-Cashet-sides jp-mod-${pair.kind}` }, left.place, right.place);
  const images = pair.kind === 'changed' && pair.old?.kind === 'image';
  return images ? h('div', {}, sides, overlaid(left.place, right.place, tools)) : sides;
}

/** Both images on top of each other, of which only what differs is not black; shown when asked for. */
function overlaid(left: HTMLElement, right: HTMLElement, tools: ITools): HTMLElement {
  const words = tools.words;
  const images = [left, right].map(side => side.querySelector('img')?.cloneNode() as HTMLImageElement | undefined);
  const label = words.__('Both images on top of each other: where they are equal it is black');
  const place = h('div', { class: 'jp-Cashet-overlay', role: 'img', 'aria-label': label, hidden: true });
  place.append(...images.filter(image => image !== undefined));
  const show = button(
    words.__('Show where they differ'),
    label,
    () => {
      place.hidden = !place.hidden;
      show.setAttribute('aria-pressed', String(!place.hidden));
    },
    false
  );
  return h('div', {}, show, place);
}
