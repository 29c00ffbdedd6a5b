import { h } from '../core/dom';
import { size } from '../core/format';
import { pieces } from '../core/pairs';
import { readPreview } from '../core/readpreview';
import { drawPreview, samePreview } from '../core/drawpreview';
import { IResult, IValue } from '../core/types';
import { IWords } from '../core/words';
import { quiet } from './parts';

/** Signs and words for how a value differs; never a colour alone. */
function changes(words: IWords): Record<IResult['change'], [string, string]> {
  return {
    changed: ['~', words.__('changed')],
    new: ['+', words.__('new')],
    gone: ['−', words.__('gone')],
    unknown: ['?', words.__('not known')],
    same: ['=', words.__('the same')]
  };
}

/** Values of both runs by name, side by side, with what differs in them marked; `all` also those that do not differ. */
export function drawDifferences(results: IResult[], all: boolean, words: IWords): HTMLElement {
  const known = results.map(one => (one.change === 'unknown' ? lookedAt(one) : one));
  const told = known.filter(one => all || !['same', 'unknown'].includes(one.change));
  const left = known.filter(one => !told.includes(one));
  const equal = left.filter(one => one.change === 'same').length;
  const alike = left.filter(one => one.change === 'unknown').length;
  const items = told.map(one => drawDifference(one, words));
  return h(
    'div',
    {},
    items.length ? h('ul', { class: 'jp-Cashet-differences' }, ...items) : null,
    equal ? quiet(words._n('%1 is the same', '%1 are the same', equal)) : null,
    alike
      ? quiet(
          words._n('%1 looks the same; more is not known of it', '%1 look the same; more is not known of them', alike)
        )
      : null,
    results.length ? null : quiet(words.__('None'))
  );
}

/** Without fingerprints of both it is not known whether they are the same, but it may be seen that they are not. */
function lookedAt(one: IResult): IResult {
  const [old, now] = [one.old?.preview, one.new?.preview];
  const differ = readPreview(old) && readPreview(now) && !samePreview(old, now);
  return differ ? { ...one, change: 'changed' } : one;
}

function drawDifference(one: IResult, words: IWords): HTMLElement {
  const known = changes(words);
  const [sign, name] = Object.hasOwn(known, one.change) ? known[one.change] : known.unknown;
  return h(
    'li',
    { class: `jp-mod-${one.change}` },
    h(
      'div',
      { class: 'jp-Cashet-differencehead' },
      h('code', {}, one.name),
      h('span', { class: 'jp-Cashet-change' }, h('span', { 'aria-hidden': 'true' }, `${sign} `), name)
    ),
    h(
      'div',
      { class: 'jp-Cashet-sides' },
      drawSide(one.old, one.new, words.__('Before'), words),
      drawSide(one.new, one.old, words.__('After'), words)
    )
  );
}

function drawSide(value: IValue | null, other: IValue | null, side: string, words: IWords): HTMLElement {
  if (!value) {
    return h('div', { role: 'group', 'aria-label': side }, quiet(words.__('not there')));
  }
  const facts = [marked(value.type, other?.type, 'strong')];
  if (value.summary) {
    facts.push(marked(value.summary, other?.summary));
  }
  if (value.size) {
    facts.push(marked(size(value.size), other ? size(other.size) : undefined));
  }
  const line = facts.flatMap((fact, place) => (place ? [' · ', fact] : [fact]));
  return h(
    'div',
    { role: 'group', 'aria-label': side },
    h('p', {}, ...line),
    drawPreview(value.preview, words, other?.preview)
  );
}

/** Words that the other side does not have are marked; nothing is where there is no other side. */
function marked(text: string, other: string | undefined, tag: 'span' | 'strong' = 'span'): HTMLElement {
  if (other === undefined || other === text) {
    return h(tag, {}, text);
  }
  const parts = pieces(text, other).map(([piece, differs]) =>
    differs ? h('mark', { class: 'jp-Cashet-differs' }, piece) : piece
  );
  return h(tag, {}, ...parts);
}
