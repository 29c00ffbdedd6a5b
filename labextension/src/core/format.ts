import { IWords } from './words';

// Making one takes longer than drawing a row: they are made once, when they are first needed.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(day: Date, name: string, options: Intl.DateTimeFormatOptions): string {
  let format = formats.get(name);
  if (!format) {
    format = new Intl.DateTimeFormat(undefined, options);
    formats.set(name, format);
  }
  return format.format(day);
}

/** `8 ms`, `2.4 s`, `48 s`, `4 min 12 s`, `2 h 51 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) {
    return '';
  }
  if (seconds < 0.0995) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return two(whole, 60, 'min', 1, 's');
  }
  return whole < 86400 ? two(whole, 3600, 'h', 60, 'min') : two(whole, 86400, 'd', 3600, 'h');
}

function two(whole: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((whole % big) / small);
  return `${Math.floor(whole / big)} ${bigName}` + (rest ? ` ${rest} ${smallName}` : '');
}

/** `0:08`, `4:12`, `2:51:09`: for what counts up while it is looked at. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return minutes < 60 ? `${minutes}:${two(rest)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(rest)}`;
}

/** `512 B`, `3.1 kB`, `12 MB`, `1.4 GB`: powers of 1000. */
export function size(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) {
    return '';
  }
  if (bytes < 1000) {
    return `${bytes} B`;
  }
  let value = bytes;
  for (const unit of ['kB', 'MB', 'GB', 'TB']) {
    value /= 1000;
    if (value < 999.5) {
      return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
    }
  }
  return `${(value / 1000).toFixed(1)} PB`;
}

/** `just now`, `5 min ago`, `today 14:03`, `yesterday 09:10`, else the day; as clocks are where it is read. */
export function moment(created: number, now: number, words: IWords): string {
  const age = now - created;
  if (age < 60 && age > -60) {
    return words.__('just now');
  }
  if (age < 3600 && age > 0) {
    return words.__('%1 min ago', String(Math.floor(age / 60)));
  }
  const [then, today] = [new Date(created * 1000), new Date(now * 1000)];
  if (Number.isNaN(then.getTime())) {
    return ''; // a record by somebody else may say any number
  }
  const time = formatted(then, 'time', { hour: '2-digit', minute: '2-digit' });
  const days = Math.round((midnight(today) - midnight(then)) / 86400000);
  if (days === 0) {
    return words.__('today %1', time);
  }
  if (days === 1) {
    return words.__('yesterday %1', time);
  }
  if (then.getFullYear() === today.getFullYear()) {
    return formatted(then, 'day', { day: 'numeric', month: 'short' });
  }
  return formatted(then, 'year', { day: 'numeric', month: 'short', year: 'numeric' });
}

function midnight(day: Date): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}

/** The whole moment, for a tooltip or a page. */
export function exactly(created: number): string {
  const day = new Date(created * 1000);
  return Number.isNaN(day.getTime()) ? '' : formatted(day, 'whole', { dateStyle: 'medium', timeStyle: 'medium' });
}

/** The part of an id that people are shown. */
export function short(id: string): string {
  return id.slice(0, 6);
}

/** The last part of a path. */
export function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
