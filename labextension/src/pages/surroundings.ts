import { toldOf } from '../core/depends';
import { h } from '../core/dom';
import { size } from '../core/format';
import { IDetail } from '../core/types';
import { IWords } from '../core/words';
import { quiet } from './parts';

/** The files and settings that a run read, what it wrote, and what it ran with. */
export function drawSurroundings(run: IDetail, words: IWords): HTMLElement {
  const told = run.trace.map(item => toldOf(item, words)).filter(item => item !== null);
  const lines = (file: boolean) => told.filter(item => item.file === file).map((item): Line => [item.name, item.note]);
  const wrote = run.files.map((file): Line => [file.path, size(file.size)]);
  const groups = [
    group(words.__('Files it read'), lines(true)),
    group(words.__('Files it wrote'), wrote),
    group(words.__('Settings it read'), lines(false)),
    group(words.__('Python and libraries'), Object.entries(run.versions))
  ].filter(one => one !== null);
  const more = (run.more.trace ?? 0) + (run.more.files ?? 0);
  return groups.length
    ? h('div', {}, ...groups, more ? quiet(words._n('%1 more', '%1 more', more)) : null)
    : quiet(words.__('Nothing outside of its inputs'));
}

type Line = [string, string];

function group(title: string, lines: Line[]): HTMLElement | null {
  if (!lines.length) {
    return null;
  }
  const rows = lines.map(([name, note]) =>
    h('div', {}, h('dt', { title: name }, name), h('dd', { title: note }, note))
  );
  return h('div', { class: 'jp-Cashet-facts' }, h('h3', {}, title), h('dl', {}, ...rows));
}
