import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { Icon } from '../../ui/icons.tsx';
import { Pill } from '../../ui/pill.tsx';
import type { PlanNode } from './plan-model.ts';
import styles from './toolbar.module.css';

const SHOWN = 8;
const LIST = 'graph-found';

type Props = { readonly nodes: readonly PlanNode[]; readonly onPick: (cpv: string) => void };

/** Goes to a package by a few letters of its name. `/` goes to the field. */
export function FindBox({ nodes, onPick }: Props) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useSlash(() => field.current?.focus());
  const found = useMemo(() => matches(nodes, text), [nodes, text]);
  const at = Math.min(chosen, found.length - 1);
  const pick = (node: PlanNode | undefined) => {
    if (node === undefined) return;
    setText('');
    onPick(node.cpv);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setChosen(Math.max(0, Math.min(found.length - 1, at + step)));
    else if (event.key === 'Enter') pick(found[at]);
    else if (event.key === 'Escape') setText('');
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles['find']}>
      <Icon name="search" size={14} />
      <input
        ref={field}
        role="combobox"
        aria-label="Find a package"
        aria-expanded={found.length > 0}
        aria-controls={LIST}
        aria-activedescendant={found[at] === undefined ? undefined : `${LIST}-${at}`}
        autoComplete="off"
        spellCheck={false}
        placeholder="Find a package"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setText('')}
      />
      <div id={LIST} role="listbox" aria-label="Found" className={styles['found']} hidden={text === ''}>
        {found.map((node, index) => (
          <div
            key={node.id}
            id={`${LIST}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className={styles['option']}
            // The field keeps the focus until something is chosen.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(node)}
            onKeyDown={onKeyDown}
          >
            <span className={styles['optionName']}>{node.cpv}</span>
            <Pill state={node.state} />
          </div>
        ))}
        {text !== '' && found.length === 0 ? <p className="dim">No package of this plan is called that.</p> : null}
      </div>
    </div>
  );
}

/** Those whose name begins so first. */
function matches(nodes: readonly PlanNode[], text: string): readonly PlanNode[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found = nodes.filter(({ cpv }) => words.every((word) => cpv.toLowerCase().includes(word)));
  const isFirst = ({ name }: PlanNode) => (name.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1);
  return found
    .sort((one, other) => isFirst(one) - isFirst(other) || one.name.length - other.name.length)
    .slice(0, SHOWN);
}

function useSlash(act: () => void): void {
  const newest = useRef(act);
  useEffect(() => {
    newest.current = act;
  });
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const isWriting = event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null;
      if (event.key !== '/' || isWriting) return;
      event.preventDefault();
      newest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
