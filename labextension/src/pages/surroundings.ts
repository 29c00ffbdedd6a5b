import { h } from '../core/dom';
import { size } from '../core/format';
import { IDetail } from '../core/types';
import { IWords } from '../core/words';
import { quiet } from './parts';

const FILES = ['file', 'absent', 'exists', 'link', 'access', 'size', 'stat'];
const FOLDERS = ['listing', 'entries', 'details', 'tree', 'glob', 'path-glob'];

/** The files and settings that a run read, what it wrote, and what it ran with. */
export function drawSurroundings(run: IDetail, words: IWords): HTMLElement {
  const read = run.trace.filter(item => FILES.includes(item.kind) || FOLDERS.includes(item.kind));
  const other = run.trace.filter(item => !read.includes(item));
  const versions = Object.entries(run.versions).map(([name, version]): Line => [name, version]);
  const more = (run.more.trace ?? 0) + (run.more.files ?? 0);
  const groups = [
    group(
      words.__('Files it read'),
      read.map(item => [item.name, noted(kindOf(item.kind, words), item.note)])
    ),
    group(
      words.__('Files it wrote'),
      run.files.map(file => [file.path, size(file.size)])
    ),
    group(
      words.__('Settings it read'),
      other.map(item => [item.name || kindOf(item.kind, words), noted(kindOf(item.kind, words), item.note)])
    ),
    group(words.__('Python and libraries'), versions)
  ].filter(one => one !== null);
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

function noted(kind: string, note: string): string {
  return [kind, note].filter(Boolean).join(' · ');
}

/** What was asked of a file or a setting. */
function kindOf(kind: string, words: IWords): string {
  const names: Record<string, string> = {
    file: '',
    absent: words.__('was not there'),
    exists: words.__('whether it is there'),
    link: words.__('where the link leads'),
    access: words.__('permissions'),
    size: words.__('size'),
    stat: words.__('size or time'),
    listing: words.__('the files in it'),
    entries: words.__('the files in it'),
    details: words.__('the files in it'),
    tree: words.__('the files below it'),
    glob: words.__('the files that match'),
    'path-glob': words.__('the files that match'),
    env: words.__('environment variable'),
    cwd: words.__('working directory'),
    argv: words.__('command line'),
    random: words.__('state of random numbers'),
    options: words.__('options')
  };
  return Object.hasOwn(names, kind) ? names[kind] : kind;
}
