import { h } from '../core/dom';
import { duration, exactly, moment, short } from '../core/format';
import { IRow, IVersion, IVersions } from '../core/types';
import { IWords } from '../core/words';
import { button, quiet } from './parts';

/** What a run of the timeline does. */
export interface ITimelineActions {
  open(id: string): void;
  compare(old: string, now: string): void;
}

/** The versions of a cell, newest first, each with its runs and what changed against the one before. */
export function drawVersions(found: IVersions, actions: ITimelineActions, words: IWords): HTMLElement {
  const all = found.versions.filter(version => version.runs.length);
  const items = all.map((version, place) => {
    const number = all.length - place;
    return drawVersion(found.of, version, all[place + 1], number, actions, words);
  });
  return h(
    'div',
    {},
    h('ol', { class: 'jp-Cashet-timeline', 'aria-label': words.__('Versions of the cell, newest first') }, ...items),
    found.complete ? null : quiet(words.__('There may be older versions.'))
  );
}

function drawVersion(
  of: string,
  version: IVersion,
  before: IVersion | undefined,
  number: number,
  actions: ITimelineActions,
  words: IWords
): HTMLElement {
  const here = version.runs.some(run => run.id === of);
  const lines = before ? h('span', { class: 'jp-Cashet-linecount' }, `+${version.added} −${version.removed}`) : null;
  const title = here ? words.__('Version %1, this one', String(number)) : words.__('Version %1', String(number));
  const runs = version.runs.map(run => h('li', {}, drawRun(run, of, actions, words)));
  const more = version.count - version.runs.length;
  return h(
    'li',
    { class: here ? 'jp-mod-own' : '' },
    h(
      'div',
      { class: 'jp-Cashet-versionhead' },
      h('strong', {}, title),
      lines,
      before
        ? button(words.__('Compare'), words.__('With the version before, side by side'), () =>
            actions.compare(before.runs[0].id, version.runs[0].id)
          )
        : null
    ),
    version.change ? h('div', {}, version.change) : null,
    h('ul', { class: 'jp-Cashet-chips' }, ...runs),
    more > 0 ? quiet(words._n('%1 more run', '%1 more runs', more)) : null
  );
}

function drawRun(run: IRow, of: string, actions: ITimelineActions, words: IWords): HTMLElement {
  const when = moment(run.created, Date.now() / 1000, words);
  const failed = run.status === 'failed' ? words.__('✕ failed') : '';
  const text = [short(run.id), when, run.damaged ? words.__('damaged') : duration(run.seconds), failed];
  const title = run.damaged ?? exactly(run.created);
  const chip = button(text.filter(Boolean).join(' · '), title, () => actions.open(run.id));
  if (run.id === of) {
    chip.setAttribute('aria-current', 'true');
    chip.disabled = true;
  }
  return chip;
}
