/** What the server tells. Times are seconds since the epoch, durations seconds, sizes bytes. */

/** A line of a list: one run. A record that cannot be read has `damaged` and an id only. */
export interface IRow {
  id: string;
  label: string;
  cell: string;
  notebook: string;
  function: string;
  created: number;
  seconds: number;
  size: number;
  status: 'completed' | 'failed';
  pinned: boolean;
  tags: Record<string, string>;
  outputs: string[];
  more_outputs: number;
  hits: number;
  saved: number;
  own: boolean;
  expires: number | null;
  source: string;
  damaged?: string;
}

export interface IValue {
  name: string;
  type: string;
  summary: string;
  size: number;
  digest: string;
  /** A part of it, where its run has kept one; `readPreview` makes sure of what it is. */
  preview?: unknown;
}

export interface IFinding {
  kind: string;
  name: string;
  now: string;
  change: string;
  where: string;
  parts: IFinding[];
}

export interface IDetail extends IRow {
  code: string;
  host: string;
  parent: string;
  inputs: IValue[];
  results: IValue[];
  depends: IValue[];
  trace: { kind: string; name: string; note: string }[];
  files: { path: string; size: number }[];
  not_stored: string[];
  lineage: string[];
  versions: Record<string, string>;
  arguments: string;
  error: string;
  more: Record<string, number>;
  why: { answer: string; against: string; findings: IFinding[] };
}

/** One thing that a run showed: an image by its address, cleaned HTML, or text. */
export interface IOutput {
  kind: 'stdout' | 'stderr' | 'text' | 'html' | 'image' | 'note';
  text: string;
  address?: string;
  cut?: number;
}

export interface IShown {
  outputs: IOutput[];
  more: number;
}

export interface IPage {
  runs: IRow[];
  next: string;
}

export interface IDescent {
  of: string;
  nodes: (IRow | { id: string; gone: true })[];
  edges: [string, string][];
  more: boolean;
}

export interface IResult {
  name: string;
  change: 'changed' | 'new' | 'gone' | 'same' | 'unknown';
  old: IValue | null;
  new: IValue | null;
}

export interface IContrast {
  old: IRow & { code: string };
  new: IRow & { code: string };
  findings: IFinding[];
  results: IResult[];
  /** What both read; servers of before do not tell it. */
  inputs?: IResult[];
}

export interface IStats {
  commits: number;
  physical: number;
  limit: number;
  hits: number;
  saved: number;
  /** Since midnight where the store is; servers of before do not tell it. */
  today?: { hits: number; saved: number };
  notices: string[];
}

/** What takes space: by notebook and cell, the biggest first. */
export interface IStorage {
  notebooks: INotebookStorage[];
  more: number;
  physical: number;
  logical: number;
  limit: number;
}

export interface INotebookStorage {
  notebook: string;
  runs: number;
  size: number;
  saved: number;
  hits: number;
  cells: ICellStorage[];
  more: number;
}

export interface ICellStorage {
  cell: string;
  label: string;
  runs: number;
  size: number;
  saved: number;
  hits: number;
  newest: string | null;
}

/** What a collection removed, or would remove, and why. */
export interface ICollection {
  evicted: (IRow & { why: string })[];
  more: number;
  freed: number;
  left: number;
  limit: number;
}

/** The versions of a cell, newest first. */
export interface IVersions {
  of: string;
  versions: IVersion[];
  complete: boolean;
}

/** Runs of one text of a cell; `change` says how it differs from the version before. */
export interface IVersion {
  link: string;
  change: string;
  added: number;
  removed: number;
  count: number;
  runs: IRow[];
}

export interface IPlace {
  store: string;
  version: number;
  exists: boolean;
  folder: string;
  /** Who has answered. A server tells of changes by itself; a kernel is asked. */
  by?: 'server' | 'kernel';
}

/** What the line under a cell says of itself, in the metadata of an output. */
export interface IFacts {
  commit?: string;
  seconds?: number;
  created?: number;
  status?: string;
  reason?: string;
  storing?: number;
  notice?: string;
}
