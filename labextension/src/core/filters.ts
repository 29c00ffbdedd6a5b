/** What is typed into the search box: `tag:stage=train var:df status:failed since:7d frame`. */
export interface IFilters {
  text: string;
  tag: string;
  variable: string;
  cell: string;
  status: string;
  since: string;
  until: string;
}

const KEYS: Record<string, keyof IFilters> = {
  tag: 'tag',
  var: 'variable',
  variable: 'variable',
  cell: 'cell',
  status: 'status',
  since: 'since',
  until: 'until'
};
const STATUS: Record<string, string> = { failed: 'failed', completed: 'completed', ok: 'completed' };
const UNITS: Record<string, number> = { min: 60, h: 3600, d: 86400, w: 604800 };

/** Read a search; what is not understood is text to look for. `now` is in seconds. */
export function parse(search: string, now: number): IFilters {
  const found: IFilters = { text: '', tag: '', variable: '', cell: '', status: '', since: '', until: '' };
  const rest: string[] = [];
  for (const word of search.match(/"[^"]*"|\S+/g) ?? []) {
    const match = /^(\w+):(.+)$/.exec(word);
    const key = match ? KEYS[match[1].toLowerCase()] : undefined;
    const value = match && key ? meaning(key, match[2].replace(/^"|"$/g, ''), now) : '';
    if (key && value) {
      found[key] = value;
    } else {
      rest.push(word.replace(/^"|"$/g, ''));
    }
  }
  found.text = rest.join(' ').trim();
  return found;
}

function meaning(key: keyof IFilters, value: string, now: number): string {
  if (key === 'status') {
    return STATUS[value.toLowerCase()] ?? '';
  }
  return key === 'since' || key === 'until' ? moment(value, now) : value;
}

/** Seconds since the epoch of `7d`, `12h`, `today`, `2026-05-12`; empty for anything else. */
function moment(value: string, now: number): string {
  const ago = /^(\d{1,6})(min|h|d|w)$/.exec(value);
  if (ago) {
    return String(now - Number(ago[1]) * UNITS[ago[2]]);
  }
  const today = new Date(now * 1000);
  if (value === 'today') {
    return String(new Date(today.getFullYear(), today.getMonth(), today.getDate()).getTime() / 1000);
  }
  const day = /^(\d{4})-(\d\d?)-(\d\d?)$/.exec(value);
  return day ? String(new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3])).getTime() / 1000) : '';
}

/** Whether anything is looked for. */
export function any(filters: IFilters): boolean {
  return Object.values(filters).some(value => value !== '');
}
