import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import { IWords } from '../core/words';
import { ITarget, Source } from '../sources/source';

/** What pages are drawn with. */
export interface ITools {
  source: Source;
  rendermime: IRenderMimeRegistry;
  /** Where there is none, sources are not highlighted. */
  languages: IEditorLanguageRegistry | null;
  words: IWords;
}

/** What pages ask others to do. */
export interface IActions {
  /** Show the page of a run. */
  openRun(id: string, target: ITarget): void;
  /** Show two runs side by side. */
  compare(old: string, now: string, target: ITarget): void;
  /** Put a new cell with this text below the active one. */
  insertCell(source: string): void;
  /** Runs have changed. */
  changed(): void;
}
