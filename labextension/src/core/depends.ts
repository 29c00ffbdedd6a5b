import { exactly, size } from './format';
import { IWords } from './words';

/** Something outside of its inputs that a run was seen to depend on. */
export interface IDependency {
  kind: string;
  name: string;
  note: string;
}

export interface ITold {
  /** Whether it is about files; else it is a setting. */
  file: boolean;
  name: string;
  note: string;
}

/** Settings that are named with what they were. */
const NAMED = 3;

/** What is said of a dependency; null of what was only named in the text of the cell, and is nowhere. */
export function toldOf({ kind, name, note }: IDependency, words: IWords): ITold | null {
  if (kind === 'absent' && note === 'named') {
    return null;
  }
  const files = ofFiles(words);
  const settings = ofSettings(words);
  if (Object.hasOwn(files, kind)) {
    const said = kind === 'file' ? stamp(note, words) : entries(kind, note, words);
    return { file: true, name: pathOf(kind, name), note: joined(files[kind], said) };
  }
  const said = kind === 'options' ? optionsOf(note) : note;
  const what = Object.hasOwn(settings, kind) ? settings[kind] : kind;
  return { file: false, name: name === '*' ? words.__('all') : name || what, note: joined(name ? what : '', said) };
}

function ofFiles(words: IWords): Record<string, string> {
  const matching = words.__('the files that match');
  const inside = words.__('the files in it');
  return {
    file: '',
    absent: words.__('was not there'),
    exists: words.__('whether it is there'),
    link: words.__('where the link leads'),
    access: words.__('permissions'),
    size: words.__('size'),
    stat: words.__('size or time'),
    listing: inside,
    entries: inside,
    details: inside,
    tree: words.__('the files below it'),
    glob: matching,
    'path-glob': matching
  };
}

function ofSettings(words: IWords): Record<string, string> {
  return {
    env: words.__('environment variable'),
    cwd: words.__('working directory'),
    argv: words.__('command line'),
    random: words.__('state of random numbers'),
    options: words.__('options')
  };
}

/** `6 1795347618`: bytes, and when it was written. */
function stamp(note: string, words: IWords): string {
  const match = /^(\d{1,15}) (\d{1,12})$/.exec(note);
  return match ? joined(size(Number(match[1])), words.__('written %1', exactly(Number(match[2])))) : '';
}

function entries(kind: string, note: string, words: IWords): string {
  const counted = ['listing', 'entries', 'details'].includes(kind) && /^\d{1,9}$/.test(note);
  return counted ? words._n('%1 name', '%1 names', Number(note)) : '';
}

/** Without what only the machine reads. */
function pathOf(kind: string, name: string): string {
  if (kind === 'access') {
    return name.slice(name.indexOf(' ') + 1);
  }
  const pattern = parsed(name);
  if (kind === 'path-glob' && Array.isArray(pattern)) {
    return pattern.map(String).join('/');
  }
  return kind === 'glob' && pattern?.pathname ? String(pattern.pathname) : name;
}

/** `{"name": "text"}`: the settings that were not the usual ones. */
function optionsOf(note: string): string {
  const settings = Object.entries(parsed(note) ?? {}).map(([name, value]) => `${name} = ${String(value)}`);
  const more = settings.length > NAMED ? ', …' : '';
  return settings.slice(0, NAMED).join(', ') + more;
}

function parsed(text: string): any {
  try {
    const found = JSON.parse(text);
    return typeof found === 'object' ? found : null;
  } catch {
    return null; // cut, or by somebody else
  }
}

function joined(...parts: string[]): string {
  return parts.filter(Boolean).join(' · ');
}
