import { plainWords } from '../core/words';
import { CommSource } from '../sources/comm';
import { Refusal } from '../sources/refusal';
import { echo, FakeComm, FakeKernel, READY } from './kernel';

const TARGET = { path: 'n.ipynb', kernel: 'k' };
const SHORT = { opening: 30, answer: 30, idle: 30 };

function source(kernel: FakeKernel | null): CommSource {
  return new CommSource(() => kernel as any, plainWords, SHORT);
}

async function refusal(answer: Promise<unknown>): Promise<Refusal> {
  const error = await answer.then(
    () => new Error('answered'),
    (reason: unknown) => reason
  );
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
}

test('a question goes out as it is in REST, over one line that is opened once', async () => {
  const kernel = new FakeKernel(echo);
  const asked = source(kernel);
  const answers = await Promise.all([
    asked.runs(TARGET, { text: 'x', tag: '', cell: ['a', 'b'] }),
    asked.stats(TARGET),
    asked.pin(TARGET, 'ab', true)
  ]);
  expect(answers).toMatchObject([
    { ask: 'runs', params: { text: 'x', cell: ['a', 'b'] } },
    { ask: 'stats', params: {} },
    { do: 'runs/ab/pin', body: { pinned: true } }
  ]);
  expect(kernel.comms.map(comm => comm.opened)).toEqual([1]);
  expect(new Set(kernel.comms[0].sent.map(message => message.id)).size).toBe(3);
});

test('nothing is sent before the subshell is there', async () => {
  let start: () => void = () => undefined;
  const kernel = new FakeKernel(echo);
  const create = kernel.createComm.bind(kernel);
  kernel.createComm = target => {
    const comm = create(target);
    comm.subshellStarted = new Promise(done => (start = done));
    return comm;
  };
  const answer = source(kernel).stats(TARGET);
  await new Promise(done => setTimeout(done, 0));
  expect(kernel.comms[0].opened).toBe(0);
  start();
  expect(await answer).toMatchObject({ ask: 'stats' });
});

test('comms are put on a subshell where they are not by default', async () => {
  const kernel = new FakeKernel(echo);
  const create = kernel.createComm.bind(kernel);
  kernel.createComm = target => Object.assign(create(target), { commsOverSubshells: 'disabled' });
  await source(kernel).stats(TARGET);
  expect(kernel.comms[0].commsOverSubshells).toBe('perCommTarget');
});

test('what the kernel refuses is told with its reason', async () => {
  const kernel = new FakeKernel((message, comm) =>
    comm.say(message === 'open' ? READY : { id: message.id, error: { status: 404, reason: 'no such run' } })
  );
  expect(await refusal(source(kernel).run(TARGET, 'ab'))).toMatchObject({
    message: 'no such run',
    status: 404,
    reason: 'answered'
  });
});

test('a kernel that has not loaded the extension is not asked again before it has run a cell', async () => {
  const kernel = new FakeKernel((_, comm) => comm.onClose({}));
  const asked = source(kernel);
  expect((await refusal(asked.stats(TARGET))).message).toContain('%load_ext cashet_jupyter');
  expect((await refusal(asked.stats(TARGET))).reason).toBe('not loaded');
  expect(kernel.comms).toHaveLength(1);
  kernel.answer = echo;
  kernel.iopubMessage.emit({ header: { msg_type: 'execute_input' } });
  expect(await asked.stats(TARGET)).toMatchObject({ ask: 'stats' });
});

test('a busy kernel without subshells is not asked, and says so', async () => {
  const kernel = new FakeKernel(echo);
  kernel.supportsSubshells = false;
  kernel.become('busy');
  const asked = source(kernel);
  expect(await refusal(asked.stats(TARGET))).toMatchObject({ reason: 'busy' });
  expect(kernel.comms).toHaveLength(0);
  const answer = asked.stats(TARGET);
  kernel.become('idle');
  expect(await answer).toMatchObject({ ask: 'stats' });
});

test('an answer that does not come is not waited for, and one that comes late does no harm', async () => {
  const late: FakeComm[] = [];
  const kernel = new FakeKernel((message, comm) => (message === 'open' ? comm.say(READY) : late.push(comm)));
  const asked = source(kernel);
  expect((await refusal(asked.stats(TARGET))).reason).toBe('busy');
  late[0].say({ id: 1, answer: {} });
  kernel.answer = echo;
  expect(await asked.stats(TARGET)).toMatchObject({ ask: 'stats' });
});

test('questions do not pile up at a kernel that does not answer', async () => {
  const kernel = new FakeKernel((message, comm) => message === 'open' && comm.say(READY));
  const asked = source(kernel);
  const answers = Array.from({ length: 40 }, () => refusal(asked.stats(TARGET)));
  for (const answer of answers) {
    expect((await answer).reason).toBe('busy');
  }
  expect(kernel.comms[0].sent.length).toBeLessThanOrEqual(16);
});

test('after a restart a new line is opened, and who waited is told', async () => {
  const kernel = new FakeKernel((message, comm) => message === 'open' && comm.say(READY));
  const asked = source(kernel);
  const waiting = refusal(asked.stats(TARGET));
  await new Promise(done => setTimeout(done, 0));
  kernel.comms[0].isDisposed = true;
  kernel.become('restarting');
  expect((await waiting).reason).toBe('busy');
  kernel.answer = echo;
  kernel.become('idle');
  expect(await asked.stats(TARGET)).toMatchObject({ ask: 'stats' });
  expect(kernel.comms).toHaveLength(2);
});

test('a kernel of another version is told of, with what to do', async () => {
  const kernel = new FakeKernel((_, comm) => comm.say({ ...READY, version: '9.1', protocol: 2 }));
  const found = await refusal(source(kernel).stats(TARGET));
  expect(found.reason).toBe('versions');
  expect(found.message).toContain('9.1');
});

test('without a kernel there is nobody to ask', async () => {
  expect((await refusal(source(null).stats(TARGET))).reason).toBe('no kernel');
  const second = new FakeKernel(echo);
  second.handleComms = false;
  expect((await refusal(source(second).stats(TARGET))).reason).toBe('no kernel');
});

test('a kernel of another language is left alone', async () => {
  const kernel = new FakeKernel(echo);
  kernel.info = Promise.resolve({ language_info: { name: 'R' } });
  expect((await refusal(source(kernel).stats(TARGET))).reason).toBe('no kernel');
  expect(kernel.comms).toHaveLength(0);
});
