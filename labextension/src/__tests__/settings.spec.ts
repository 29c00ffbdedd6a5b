import { readFileSync } from 'fs';
import { join } from 'path';

import { DEFAULTS, Settings } from '../settings';
import { Emitter } from './kernel';

const SCHEMA = JSON.parse(readFileSync(join(__dirname, '..', '..', 'schema', 'panel.json'), 'utf8'));

/** What Lab keeps of one plugin. */
class Kept {
  changed = new Emitter<void>();
  composite: Record<string, unknown> = { ...DEFAULTS };

  async set(name: string, value: unknown): Promise<void> {
    this.composite = { ...this.composite, [name]: value };
    this.changed.emit(undefined);
  }
}

test('what holds without a choice is what the schema says', () => {
  const said = Object.entries<any>(SCHEMA.properties).map(([name, one]) => [name, one.default]);
  expect(Object.fromEntries(said)).toEqual(DEFAULTS);
  for (const one of Object.values<any>(SCHEMA.properties)) {
    expect(one.title).toBeTruthy();
  }
});

test('a choice is kept, and whoever listens hears of it', async () => {
  const [settings, kept, heard] = [new Settings(), new Kept(), [] as boolean[]];
  settings.changed.connect((_, now) => heard.push(now.badges));
  settings.follow(kept as any);
  await settings.choose('badges', false);
  expect(kept.composite.badges).toBe(false);
  expect(settings.now.badges).toBe(false);
  expect(heard).toEqual([true, false]);
});

test('where nobody keeps settings a choice holds for the session', async () => {
  const settings = new Settings();
  await settings.choose('side', 'right');
  expect(settings.now).toEqual({ ...DEFAULTS, side: 'right' });
});
