import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { SQLite, sql } from '@codemirror/lang-sql';
import { bracketMatching, defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, Prec, type Range, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import styles from './data.module.css';
import type { Table } from './schema.ts';

type Props = {
  /** What is written at first; another one replaces it. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Ctrl-Enter: the whole, or what is selected. */
  readonly onRun: (query: string, offset: number) => void;
  readonly tables: readonly Table[];
  /** Where something is wrong: a number of characters; undefined where nothing is. */
  readonly errorAt: number | undefined;
  /** Told once it is there, and when it is gone. */
  readonly onReady: (handle: EditorHandle | undefined) => void;
};

export type EditorHandle = { readonly insert: (text: string) => void };

/** Writes SQL: names of tables and columns are completed, and an error is shown where it is. */
export function Editor(props: Props) {
  const { value, tables, errorAt, onReady } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const home = place.current;
    if (home === null) return;
    const made = new EditorView({
      parent: home,
      state: EditorState.create({ doc: latest.current.value, extensions: extensionsOf(latest) }),
    });
    view.current = made;
    onReady({
      insert: (text) => {
        made.dispatch(made.state.replaceSelection(text));
        made.focus();
      },
    });
    return () => {
      made.destroy();
      view.current = undefined;
      onReady(undefined);
    };
  }, [onReady]);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      selection: { anchor: value.length },
    });
  }, [value]);
  useEffect(() => view.current?.dispatch({ effects: LANGUAGE.reconfigure(languageOf(tables)) }), [tables]);
  useEffect(() => {
    view.current?.dispatch({ effects: MARK.of(errorAt) });
    if (errorAt === undefined || view.current === undefined) return;
    const anchor = Math.min(errorAt, view.current.state.doc.length);
    view.current.dispatch({ selection: { anchor }, scrollIntoView: true });
    view.current.focus();
  }, [errorAt]);
  return <div className={styles['editor']} ref={place} />;
}

const LANGUAGE = new Compartment();

function languageOf(tables: readonly Table[]) {
  const schema = Object.fromEntries(tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]));
  return sql({ dialect: SQLite, schema, upperCaseKeywords: true });
}

function extensionsOf(latest: { readonly current: Props }) {
  const run = (editor: EditorView) => {
    const { from, to, empty } = editor.state.selection.main;
    const query = empty ? editor.state.doc.toString() : editor.state.sliceDoc(from, to);
    latest.current.onRun(query, empty ? 0 : from);
    return true;
  };
  return [
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
    lineNumbers(),
    history(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    // Tab leaves the editor, unless something is offered: nobody is caught in it.
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, { key: 'Tab', run: acceptCompletion }]),
    LANGUAGE.of(languageOf(latest.current.tables)),
    syntaxHighlighting(COLOURS),
    placeholder('SELECT …'),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': 'SQL query' }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) latest.current.onChange(state.doc.toString());
    }),
    MARKED,
    THEME,
  ];
}

const MARK = StateEffect.define<number | undefined>();
const WRONG = Decoration.mark({ class: styles['wrong'] ?? '' });

/** The word at the error, until something is written. */
const MARKED = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, { docChanged, effects, state }) => {
    const mark = effects.find((effect) => effect.is(MARK));
    if (mark === undefined) return docChanged ? Decoration.none : marks;
    const at: unknown = mark.value;
    if (typeof at !== 'number') return Decoration.none;
    const length = state.doc.length;
    if (length === 0) return Decoration.none;
    const from = Math.max(0, Math.min(at, length - 1));
    const word = /^[\w$."]+/.exec(state.sliceDoc(from, length))?.[0].length ?? 1;
    const range: Range<Decoration> = WRONG.range(from, from + word);
    return Decoration.set([range]);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Colours of the theme instead of those of the library's own style, which has them for white pages only. */
const TOKENS: Readonly<Record<string, string>> = {
  ...{ '#708': 'var(--accent)', '#219': 'var(--ready)', '#164': 'var(--received)', '#a11': 'var(--blocked)' },
  ...{ '#e40': 'var(--blocked)', '#085': 'var(--ready)', '#256': 'var(--ready)', '#940': 'var(--text-3)' },
  ...{ '#f00': 'var(--failed)' },
};

const COLOURS = HighlightStyle.define(
  defaultHighlightStyle.specs.map((spec) => {
    const { color } = spec;
    return typeof color === 'string' ? { ...spec, color: TOKENS[color] ?? 'var(--text)' } : spec;
  }),
);

const THEME = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', fontSize: '0.8125rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--accent)', padding: '0.5rem 0' },
  '.cm-content:focus-visible': { boxShadow: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)' },
  '.cm-gutters': { background: 'transparent', color: 'var(--text-3)', border: 'none' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { background: 'var(--accent-soft) !important' },
  '.cm-matchingBracket': { background: 'var(--accent-soft)', outline: 'none' },
  '.cm-placeholder': { color: 'var(--text-3)' },
  '.cm-tooltip': {
    ...{ background: 'var(--raised)', color: 'var(--text)', border: '1px solid var(--line-strong)' },
    ...{ borderRadius: 'var(--radius-sm)', boxShadow: 'var(--shadow)' },
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '0.75rem' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-completionIcon': { display: 'none' },
});
