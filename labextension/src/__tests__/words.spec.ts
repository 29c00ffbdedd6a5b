import { readdirSync, readFileSync } from 'fs';
import { join, relative } from 'path';
import * as ts from 'typescript';

const SRC = join(__dirname, '..');
/** Where a text is seen or read aloud, whatever it says. */
const ATTRIBUTES = ['title', 'aria-label', 'placeholder', 'alt', 'label', 'caption', 'body'];
const PLACES = ['textContent', 'title', 'label', 'caption', 'placeholder', 'innerText'];
/** What draws its arguments from this one on. */
const DRAWS: Record<string, number> = {
  h: 2,
  s: 2,
  fill: 1,
  append: 0,
  section: 0,
  button: 0,
  quiet: 0,
  chip: 0,
  _say: 0,
  say: 0
};
/** Three words, or one with a capital at its beginning: text for people, and no name of a class, a route or a reason. */
const PROSE = /[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}|^[A-Z][a-z]+([ .…]|$)/;
const WORD = /[A-Za-z]{2,}/;
/** Where texts for people stand that nobody sees on the screen, or that are no texts. */
const UNSEEN = ['class', 'className', 'description', 'id', 'key', 'type', 'role', 'selector'];
const UNSEEN_CALLS = [
  'warn',
  'error',
  'Error',
  'Token',
  'addWidgetExtension',
  'querySelector',
  'querySelectorAll',
  'closest',
  'matches'
];

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? (entry.name === '__tests__' ? [] : sources(path)) : path.endsWith('.ts') ? [path] : [];
  });
}

/** The name of what is called. */
function called(node: ts.CallExpression | ts.NewExpression): string {
  const { expression } = node;
  return ts.isPropertyAccessExpression(expression)
    ? expression.name.text
    : ts.isIdentifier(expression)
      ? expression.text
      : '';
}

function name(node: ts.PropertyName | ts.Expression): string {
  return ts.isIdentifier(node) || ts.isStringLiteral(node)
    ? node.text
    : ts.isPropertyAccessExpression(node)
      ? node.name.text
      : '';
}

/** What a literal says by itself, without what is put into it; null for what is none. */
function said(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return node.text;
  }
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map(span => span.literal.text)].join('\u0000');
  }
  return null;
}

/** Whether a literal goes through `words`, is drawn as it stands, or is not seen at all. */
function fate(node: ts.Node): 'translated' | 'drawn' | 'unseen' | 'unknown' {
  for (let [at, above] = [node, node.parent]; above; [at, above] = [above, above.parent]) {
    if (ts.isImportDeclaration(above) || ts.isTypeNode(above) || ts.isElementAccessExpression(above)) {
      return 'unseen';
    }
    if (ts.isBinaryExpression(above) && above.operatorToken.kind === ts.SyntaxKind.EqualsToken && at === above.right) {
      return PLACES.includes(name(above.left)) ? 'drawn' : UNSEEN.includes(name(above.left)) ? 'unseen' : 'unknown';
    }
    if (ts.isPropertyAssignment(above) && at === above.initializer) {
      const key = name(above.name);
      return ATTRIBUTES.includes(key) ? 'drawn' : UNSEEN.includes(key) ? 'unseen' : 'unknown';
    }
    if (ts.isBinaryExpression(above) && /^[=!<>]/.test(above.operatorToken.getText())) {
      return 'unseen'; // it is compared with something
    }
    if (ts.isCallExpression(above) || ts.isNewExpression(above)) {
      const what = called(above);
      const place = above.arguments?.indexOf(at as ts.Expression) ?? -1;
      if (what === '__' || what === '_n') {
        return 'translated';
      }
      if (UNSEEN_CALLS.includes(what)) {
        return 'unseen';
      }
      return what in DRAWS && place >= DRAWS[what] ? 'drawn' : 'unknown';
    }
    if (ts.isFunctionLike(above)) {
      break;
    }
  }
  return 'unknown';
}

function untranslated(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    const text = said(node);
    const at = text === null ? 'unseen' : fate(node);
    if (text !== null && ((at === 'drawn' && WORD.test(text)) || (at === 'unknown' && PROSE.test(text)))) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${relative(SRC, path)}:${line + 1} ${text.replaceAll('\u0000', '…')}`);
    }
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

test('every text that is seen or read aloud can be translated', () => {
  expect(sources(SRC).flatMap(untranslated)).toEqual([]);
});

test('what is no text for people is told apart from what is', () => {
  const check = (code: string) => {
    const file = ts.createSourceFile('x.ts', code, ts.ScriptTarget.ES2022, true);
    const fates: string[] = [];
    const look = (node: ts.Node): void => {
      if (said(node)?.includes('Saved')) {
        fates.push(fate(node));
      }
      ts.forEachChild(node, look);
    };
    look(file);
    return fates;
  };
  expect(check("h('p', {}, 'Saved')")).toEqual(['drawn']);
  expect(check("h('p', { title: 'Saved' })")).toEqual(['drawn']);
  expect(check('node.textContent = `Saved ${x}`')).toEqual(['drawn']);
  expect(check("h('p', {}, words.__('Saved'))")).toEqual(['translated']);
  expect(check("h('p', { class: 'Saved' })")).toEqual(['unseen']);
});

test('texts are whole when they are translated: nothing is put into them by the language', () => {
  const found = sources(SRC).flatMap(path => {
    const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
    const wrong: string[] = [];
    const look = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && ['__', '_n'].includes(called(node)) && node.arguments.length) {
        const texts = called(node) === '_n' ? node.arguments.slice(0, 2) : node.arguments.slice(0, 1);
        const spoiled = texts.some(text => !ts.isStringLiteral(text) || /%%/.test(text.text)); // `%%` becomes `%` in Lab
        if (spoiled && !path.endsWith(join('core', 'words.ts'))) {
          wrong.push(`${relative(SRC, path)} ${node.getText().slice(0, 80)}`);
        }
      }
      ts.forEachChild(node, look);
    };
    look(file);
    return wrong;
  });
  expect(found).toEqual([]);
});
