import { clock, duration, moment } from './format';
import { IFacts, IRow } from './types';
import { IWords } from './words';

/** What is known of a cell of the notebook, from the notebook and from the store. */
export interface ICell {
  id: string;
  label: string;
  fingerprint: string;
  facts: IFacts | null;
  /** When it began to run, in seconds; null if it does not run. */
  started: number | null;
  /** Whether it waits for another one. */
  queued: boolean;
  /** The text that ran last in this session: a comment that was edited since a run makes no other result. */
  ranAs: string | null;
  /** How the last run in this session went. */
  restored: boolean | null;
}

export type Mark = 'running' | 'queued' | 'changed' | 'restored' | 'ran' | 'stored' | 'refused' | 'none';

/** How a cell stands: a mark, a word for it, and a line. The sign makes the mark readable without colours. */
export interface IState {
  mark: Mark;
  sign: string;
  word: string;
  line: string;
  /** Why it is not stored, or what the result is not of any more; empty if there is nothing to tell. */
  reason: string;
  /** How much of the time is over that it is expected to take, from 0 to 1; null if it does not run, or nobody knows. */
  part: number | null;
}

const SIGNS: Record<Mark, string> = {
  running: '▶',
  queued: '…',
  changed: '◐',
  restored: '↺',
  ran: '●',
  stored: '●',
  refused: '✕',
  none: '○'
};

export function sign(mark: Mark): string {
  return SIGNS[mark];
}

/** How a cell stands; `newest` is the run that it shows, else its newest one, as far as the server told. `now` is in seconds. */
export function stateOf(cell: ICell, newest: IRow | null, now: number, words: IWords): IState {
  const mark = markOf(cell, newest);
  return {
    mark,
    sign: SIGNS[mark],
    word: wordOf(mark, words),
    line: lineOf(mark, cell, newest, now, words),
    reason: reasonOf(mark, cell, words),
    part: partOf(mark, cell, newest, now)
  };
}

function reasonOf(mark: Mark, cell: ICell, words: IWords): string {
  if (mark === 'refused') {
    return cell.facts?.reason ?? '';
  }
  return mark === 'changed' ? words.__('The text of the cell is not what ran: its next run makes a new result.') : '';
}

function partOf(mark: Mark, cell: ICell, newest: IRow | null, now: number): number | null {
  const took = newest?.seconds ?? cell.facts?.seconds;
  if (mark !== 'running' || cell.started === null || took === undefined || took < 1) {
    return null;
  }
  return Math.max(0, Math.min(1, (now - cell.started) / took));
}

function markOf(cell: ICell, newest: IRow | null): Mark {
  if (cell.queued) {
    return 'queued';
  }
  if (cell.started !== null) {
    return 'running';
  }
  if (cell.facts?.status === 'not stored') {
    return 'refused';
  }
  if (newest?.source && newest.source !== cell.fingerprint && cell.ranAs !== cell.fingerprint) {
    return 'changed';
  }
  if (!newest && !cell.facts?.commit) {
    return 'none';
  }
  return cell.restored === null ? 'stored' : cell.restored ? 'restored' : 'ran';
}

function wordOf(mark: Mark, words: IWords): string {
  switch (mark) {
    case 'running':
      return words.__('running');
    case 'queued':
      return words.__('waiting');
    case 'changed':
      return words.__('changed since it ran');
    case 'restored':
      return words.__('restored');
    case 'ran':
      return words.__('ran');
    case 'stored':
      return words.__('stored');
    case 'refused':
      return words.__('not stored');
    case 'none':
      return words.__('not cached');
  }
}

function lineOf(mark: Mark, cell: ICell, newest: IRow | null, now: number, words: IWords): string {
  const took = newest?.seconds ?? cell.facts?.seconds;
  const when = newest?.created ?? cell.facts?.created;
  const past = took === undefined || when === undefined ? '' : `${duration(took)} · ${moment(when, now, words)}`;
  switch (mark) {
    case 'running': {
      const elapsed = clock(now - (cell.started ?? now));
      return took && took >= 1
        ? words.__('running %1 of about %2', elapsed, clock(took))
        : words.__('running %1', elapsed);
    }
    case 'refused':
      return words.__('not stored: %1', cell.facts?.reason ?? '');
    case 'restored':
      return words.__('restored · saved %1', duration(took ?? 0));
    case 'changed':
      return words.__('changed since · took %1', past);
    case 'ran':
      return words.__('ran · took %1', past);
    case 'stored':
      return words.__('took %1', past);
    default:
      return wordOf(mark, words);
  }
}
