import { COMM_TARGET } from '../sources/line';

type Slot<T> = (sender: any, value: T) => void;

/** A signal that is emitted by the test. */
export class Emitter<T> {
  private _slots: [Slot<T>, unknown][] = [];

  connect(slot: Slot<T>, self?: unknown): boolean {
    this._slots.push([slot, self]);
    return true;
  }

  disconnect(slot: Slot<T>, self?: unknown): boolean {
    this._slots = this._slots.filter(one => one[0] !== slot || one[1] !== self);
    return true;
  }

  emit(value: T): void {
    [...this._slots].forEach(([slot, self]) => slot.call(self, this, value));
  }
}

/** A comm whose kernel's side is played by the test. */
export class FakeComm {
  onMsg: (message: any) => void = () => undefined;
  onClose: (message: any) => void = () => undefined;
  isDisposed = false;
  commsOverSubshells = 'perCommTarget';
  subshellStarted: Promise<void> = Promise.resolve();
  opened = 0;
  sent: any[] = [];

  constructor(readonly answer: (message: any, comm: FakeComm) => void) {}

  open(): void {
    this.opened++;
    this.answer('open', this);
  }

  send(message: any): void {
    if (this.isDisposed) {
      throw new Error('Cannot send');
    }
    this.sent.push(message);
    this.answer(message, this);
  }

  close(): void {
    this.isDisposed = true;
  }

  /** What the kernel's side says. */
  say(data: unknown): void {
    this.onMsg({ content: { data } });
  }
}

/** A connection to a kernel. */
export class FakeKernel {
  statusChanged = new Emitter<string>();
  iopubMessage = new Emitter<any>();
  disposed = new Emitter<void>();
  isDisposed = false;
  handleComms = true;
  supportsSubshells = true;
  status = 'idle';
  info: Promise<object> = Promise.resolve({});
  comms: FakeComm[] = [];

  constructor(public answer: (message: any, comm: FakeComm) => void) {}

  createComm(target: string): FakeComm {
    expect(target).toBe(COMM_TARGET);
    const comm = new FakeComm((message, comm) => this.answer(message, comm));
    this.comms.push(comm);
    return comm;
  }

  become(status: string): void {
    this.status = status;
    this.statusChanged.emit(status);
  }
}

export const READY = { ready: true, version: '1.0', protocol: 1, folder: '/there/.cashet', exists: true };

/** A kernel's side that answers each question with the question. */
export function echo(message: any, comm: FakeComm): void {
  comm.say(message === 'open' ? READY : { id: message.id, answer: message });
}
