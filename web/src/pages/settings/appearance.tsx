import { useState } from 'react';
import { PLACES } from '../../shell/places.ts';
import { chooseTheme, chosenTheme, THEME_CHOICES } from '../../shell/theme-switch.tsx';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import styles from './settings.module.css';

const LABELS = { system: 'As the system', dark: 'Dark', light: 'Light' } as const;

/** How the dashboard looks in this browser, and its keys. */
export function AppearanceSection() {
  const [theme, setTheme] = useState(chosenTheme);
  const choose = (choice: typeof theme) => {
    chooseTheme(choice);
    setTheme(choice);
  };
  return (
    <div className={styles['section']}>
      <Card title="Theme" aside="kept in this browser">
        <Choice
          label="Theme"
          options={THEME_CHOICES.map((value) => ({ value, label: LABELS[value] }))}
          value={theme}
          onChange={choose}
        />
        <p className={styles['after']}>
          What moves keeps still where the system asks for reduced motion, and texts grow with the browser’s font size.
        </p>
      </Card>
      <Card title="Keys">
        <dl className={styles['keys']}>
          <Key keys={['Ctrl', 'K']}>find anything, do anything</Key>
          <Key keys={['/']}>filter what is shown</Key>
          <Key keys={['↑', '↓', 'Enter']}>move in a table, open</Key>
          {PLACES.map(({ to, label, key }) => (
            <Key key={to} keys={['g', key]}>
              {label}
            </Key>
          ))}
        </dl>
      </Card>
    </div>
  );
}

function Key({ keys, children }: { readonly keys: readonly string[]; readonly children: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
