import type { Kernel, KernelMessage } from '@jupyterlab/services';

import { IWords } from '../core/words';
import { Refusal } from './refusal';

/** Where the kernel's side listens. */
export const COMM_TARGET = 'cashet_jupyter.api.v1';
/** How messages are understood; a kernel's side of another one is not asked. */
export const PROTOCOL = 1;

/** Milliseconds. */
export interface IPatience {
  /** For the kernel to say that it is there. */
  opening: number;
  /** For an answer. */
  answer: number;
  /** For a kernel to become idle that cannot answer beside a running cell. */
  idle: number;
}

export const PATIENCE: IPatience = { opening: 5000, answer: 30000, idle: 1500 };
/** Questions that wait for an answer at most: a kernel that is busy for an hour does not answer a thousand after that. */
const PENDING = 16;

/** What the kernel's side says of itself. */
interface IReady {
  version: string;
  protocol: number;
}

interface IWaiting {
  accept: (answer: any) => void;
  reject: (error: Refusal) => void;
  timer: number;
}

/**
 * A line to one kernel: a comm, on a subshell where the kernel has those, so that it answers while a cell runs.
 *
 * What is sent before the subshell is there would go to the main shell and wait for the cell.
 */
export class KernelLine {
  private _comm: Kernel.IComm | null = null;
  private _ready: Promise<IReady> | null = null;
  private _waiting = new Map<number, IWaiting>();
  private _number = 0;
  private _deaf = false;

  constructor(
    private _kernel: Kernel.IKernelConnection,
    private _words: IWords,
    private _patience: IPatience = PATIENCE
  ) {
    _kernel.statusChanged.connect((_, status) => this._onStatus(status));
    _kernel.iopubMessage.connect((_, message) => this._onMessage(message));
    _kernel.disposed.connect(() => this._drop('no kernel', this._words.__('The kernel is not there any more.')));
  }

  /** Send a question or a change; the answer. Raises `Refusal`. */
  async send<T>(message: object): Promise<T> {
    const ready = await this._open();
    if (ready.protocol !== PROTOCOL) {
      throw new Refusal(
        this._words.__(
          'The kernel has cashet-jupyter %1, which does not understand this front end: install the same version where the kernel runs and where the Jupyter server runs.',
          ready.version
        ),
        'versions'
      );
    }
    await this._idle();
    return this._exchange<T>(message);
  }

  /** Let go of it. */
  close(): void {
    const comm = this._comm;
    this._drop('no kernel', this._words.__('The kernel is not there any more.'));
    if (comm && !comm.isDisposed && !this._kernel.isDisposed) {
      comm.close();
    }
  }

  private _exchange<T>(message: object): Promise<T> {
    if (this._waiting.size >= PENDING) {
      return Promise.reject(this._busy());
    }
    const id = ++this._number;
    return new Promise<T>((accept, reject) => {
      const timer = window.setTimeout(() => reject(this._busy()), this._patience.answer);
      this._waiting.set(id, { accept, reject, timer });
      try {
        this._comm!.send({ id, ...message } as any);
      } catch {
        this._drop('no kernel', this._words.__('The kernel is not there any more.'));
      }
    });
  }

  /** The line, opened with the first message; one that was not answered stays open, and may be answered later. */
  private async _open(): Promise<IReady> {
    if (this._deaf) {
      throw this._notLoaded();
    }
    this._ready ??= this._begin();
    const ready = this._ready;
    ready.catch(() => {
      if (this._ready === ready) {
        this._ready = null;
      }
    });
    return within(ready, this._patience.opening, () => this._busy());
  }

  private async _begin(): Promise<IReady> {
    await this._idle(); // one that has no subshells
    if (this._kernel.handleComms === false) {
      throw new Refusal(this._words.__('This page has no line of its own to the kernel.'), 'no kernel');
    }
    const { language_info: language } = await this._kernel.info;
    if (language?.name && language.name !== 'python') {
      throw new Refusal(this._words.__('The kernel of this notebook does not run Python.'), 'no kernel');
    }
    const comm = this._kernel.createComm(COMM_TARGET);
    this._comm = comm;
    const ready = new Promise<IReady>((accept, reject) => {
      comm.onMsg = message => this._take(message.content.data, accept);
      comm.onClose = () => {
        this._deaf = true;
        const error = this._notLoaded();
        reject(error);
        this._drop(error.reason, error.message);
      };
      this._waiting.set(0, { accept: () => undefined, reject, timer: 0 });
    });
    ready.catch(() => undefined);
    await subshell(comm, this._kernel);
    comm.open();
    return ready;
  }

  private _take(data: unknown, accept: (ready: IReady) => void): void {
    const content = (typeof data === 'object' && data !== null ? data : {}) as Record<string, any>;
    if (content.ready === true) {
      this._waiting.delete(0);
      return accept({ version: String(content.version ?? '?').slice(0, 40), protocol: Number(content.protocol) });
    }
    const waiting = this._waiting.get(content.id);
    if (!waiting) {
      return;
    }
    this._waiting.delete(content.id);
    window.clearTimeout(waiting.timer);
    if (content.error) {
      const reason = String(content.error.reason ?? '').slice(0, 500);
      waiting.reject(new Refusal(reason, 'answered', Number(content.error.status) || 0));
    } else {
      waiting.accept(content.answer);
    }
  }

  /** A kernel that cannot answer beside a running cell is not asked while one runs: questions would pile up. */
  private async _idle(): Promise<void> {
    if (supports(this._kernel) || this._kernel.status !== 'busy') {
      return;
    }
    let listener: (_: unknown, status: string) => void = () => undefined;
    const idle = new Promise<void>(accept => {
      listener = (_, status) => status !== 'busy' && accept();
      this._kernel.statusChanged.connect(listener);
    });
    try {
      await within(idle, this._patience.idle, () => this._busy());
    } finally {
      this._kernel.statusChanged.disconnect(listener);
    }
  }

  private _drop(reason: Refusal['reason'], message: string): void {
    const waiting = [...this._waiting.values()];
    this._waiting.clear();
    [this._comm, this._ready] = [null, null];
    for (const one of waiting) {
      window.clearTimeout(one.timer);
      one.reject(new Refusal(message, reason));
    }
  }

  private _onStatus(status: string): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
      this._deaf = false;
      this._drop('busy', this._words.__('The kernel is starting.'));
    }
  }

  /** After a cell the extension may be loaded that was not before. */
  private _onMessage(message: KernelMessage.IMessage): void {
    if (message.header.msg_type === 'execute_input') {
      this._deaf = false;
    }
  }

  private _busy(): Refusal {
    return new Refusal(this._words.__('The kernel is busy, and answers when it is done.'), 'busy');
  }

  private _notLoaded(): Refusal {
    return new Refusal(
      this._words.__(
        'The kernel has not loaded cashet: run %load_ext cashet_jupyter. If there is no such module, install cashet-jupyter where the kernel runs.'
      ),
      'not loaded'
    );
  }
}

function supports(kernel: Kernel.IKernelConnection): boolean {
  return kernel.supportsSubshells === true;
}

/** Let a comm run on a subshell, whatever comms do by default. */
async function subshell(comm: Kernel.IComm, kernel: Kernel.IKernelConnection): Promise<void> {
  if (!supports(kernel)) {
    return;
  }
  const own = comm as { commsOverSubshells?: string; subshellStarted?: Promise<void> };
  if (own.commsOverSubshells === 'disabled') {
    own.commsOverSubshells = 'perCommTarget';
  }
  await own.subshellStarted;
}

/** The answer, or what is made of waiting for too long; the answer may still come, for others who wait. */
function within<T>(answer: Promise<T>, time: number, late: () => Error): Promise<T> {
  return new Promise<T>((accept, reject) => {
    const timer = window.setTimeout(() => reject(late()), time);
    answer.then(accept, reject).finally(() => window.clearTimeout(timer));
  });
}
