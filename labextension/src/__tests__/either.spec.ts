import { plainWords } from '../core/words';
import { Either } from '../sources/either';
import { Reason, Refusal } from '../sources/refusal';
import { ITarget, Source } from '../sources/source';

const TARGET = { path: 'n.ipynb', kernel: 'k' };

/** Answers every question with its own name; where the store is asked for, with what is given. */
class Fake extends Source {
  asked: string[] = [];

  constructor(
    readonly name: string,
    public place_: boolean | Reason
  ) {
    super();
  }

  async ask<T>(route: string, _: ITarget): Promise<T> {
    this.asked.push(route);
    if (typeof this.place_ === 'string') {
      throw new Refusal(`${this.name}: ${this.place_}`, this.place_);
    }
    if (route === 'store') {
      return { store: this.name, version: 1, exists: this.place_, folder: '' } as T;
    }
    return { by: this.name } as T;
  }

  change<T>(route: string, target: ITarget): Promise<T> {
    return this.ask(route, target);
  }
}

function either(server: boolean | Reason, kernel: boolean | Reason, mentions = true) {
  const both = { server: new Fake('server', server), kernel: new Fake('kernel', kernel) };
  return { ...both, source: new Either(both.server, both.kernel, () => mentions, plainWords) };
}

async function refusal(answer: Promise<unknown>): Promise<Refusal> {
  return answer.then(
    () => Promise.reject(new Error('answered')),
    (reason: Refusal) => reason
  );
}

test('the server answers where it knows the store, and no kernel is bothered', async () => {
  const { source, kernel } = either(true, true);
  expect(await source.place(TARGET)).toMatchObject({ store: 'server', by: 'server' });
  expect(await source.stats(TARGET)).toEqual({ by: 'server' });
  expect(kernel.asked).toEqual([]);
});

test.each(['no routes', 'no files'] as const)('the kernel answers where the server says: %s', async reason => {
  const { source } = either(reason, true);
  expect(await source.stats(TARGET)).toEqual({ by: 'kernel' });
  expect(await source.remove(TARGET, 'ab')).toEqual({ by: 'kernel' });
});

test('a kernel that runs elsewhere answers for a store that the server does not see', async () => {
  const { source } = either(false, true);
  expect(await source.place(TARGET)).toMatchObject({ store: 'kernel', exists: true, by: 'kernel' });
});

test('kernels of notebooks that do not speak of the cache are left alone', async () => {
  const { source, kernel } = either(false, true, false);
  expect(await source.place(TARGET)).toMatchObject({ exists: false, by: 'server' });
  expect(kernel.asked).toEqual([]);
});

test('where neither has a store nothing is stored, and a kernel that cannot say is no trouble', async () => {
  for (const kernel of [false, 'not loaded', 'busy', 'no kernel'] as const) {
    expect(await either(false, kernel).source.place(TARGET)).toMatchObject({ exists: false, by: 'server' });
  }
});

test('a store that the server sees later is asked of the server from then on', async () => {
  const { source, server } = either(false, true);
  await source.place(TARGET);
  server.place_ = true;
  await source.place(TARGET);
  expect(await source.stats(TARGET)).toEqual({ by: 'server' });
});

test.each([
  ['no routes', 'no kernel', /server side .* is missing: install .* no kernel/],
  ['no routes', 'not loaded', /server side .* is missing: install .* kernel: not loaded/],
  ['no routes', 'busy', /server side .* is missing: install .* kernel: busy/],
  ['no files', 'no kernel', /not files.* no kernel/]
] as const)('%s and %s: what to do is said of both', async (server, kernel, text) => {
  const found = await refusal(either(server, kernel).source.place(TARGET));
  expect(found.message).toMatch(text);
  expect(found.reason).toBe(kernel);
});

test('what the server refuses is not asked of the kernel', async () => {
  for (const reason of ['answered', 'no server'] as const) {
    const { source, kernel } = either(reason, true);
    expect((await refusal(source.stats(TARGET))).reason).toBe(reason);
    expect(kernel.asked).toEqual([]);
  }
});

test('a server that does not know one question of several is of another version', async () => {
  const { source, server } = either(true, true);
  await source.place(TARGET);
  server.place_ = 'no routes';
  expect(await refusal(source.storage(TARGET))).toMatchObject({ reason: 'versions' });
});
