import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Token } from '@lumino/coreutils';
import { ISignal, Signal } from '@lumino/signaling';

import type { View } from './sidebar/view';

/** What a user may choose; see schema/panel.json. */
export interface IChoices {
  badges: boolean;
  cellToolbar: boolean;
  side: 'left' | 'right';
  view: View;
  wholeStore: boolean;
}

/** What holds where nothing was chosen; the same as in the schema. */
export const DEFAULTS: IChoices = { badges: true, cellToolbar: true, side: 'left', view: 'cells', wholeStore: false };

export const ISettings = new Token<Settings>('cashet-jupyter:ISettings', 'What the user has chosen.');

/** What the user has chosen, as it is now; the defaults where nobody keeps settings. */
export class Settings {
  private _now = DEFAULTS;
  private _changed = new Signal<this, IChoices>(this);
  private _kept: ISettingRegistry.ISettings | null = null;

  /** Something was chosen that is not what held before; also what was chosen in earlier sessions. */
  get changed(): ISignal<this, IChoices> {
    return this._changed;
  }

  get now(): IChoices {
    return this._now;
  }

  /** Follow what is kept. */
  follow(kept: ISettingRegistry.ISettings): void {
    this._kept = kept;
    kept.changed.connect(() => this._read());
    this._read();
  }

  /** Choose; where nobody keeps it, for this session. */
  async choose<K extends keyof IChoices>(name: K, value: IChoices[K]): Promise<void> {
    if (this._kept) {
      await this._kept.set(name, value);
    } else {
      this._now = { ...this._now, [name]: value };
      this._changed.emit(this._now);
    }
  }

  private _read(): void {
    this._now = { ...DEFAULTS, ...(this._kept?.composite as Partial<IChoices>) };
    this._changed.emit(this._now);
  }
}
