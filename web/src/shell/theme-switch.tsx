import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { useThemeVersion } from '../ui/theme-colours.ts';

const KEY = 'build-swarm-theme';
type Theme = 'dark' | 'light';

export const THEME_CHOICES = ['system', 'dark', 'light'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];

/** What was chosen in this browser. */
export function chosenTheme(): ThemeChoice {
  const kept = localStorage.getItem(KEY);
  return kept === 'dark' || kept === 'light' ? kept : 'system';
}

/** Keeps a choice in this browser, and shows it. */
export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  applyTheme();
}

/** The theme that was chosen, else that of the system; before anything is drawn. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = currentTheme();
}

function currentTheme(): Theme {
  const choice = chosenTheme();
  if (choice !== 'system') return choice;
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}

export function ThemeSwitch() {
  // It may be chosen among the settings, too.
  useThemeVersion();
  const theme = currentTheme();
  const other: Theme = theme === 'dark' ? 'light' : 'dark';
  return (
    <Button
      look="ghost"
      onClick={() => chooseTheme(other)}
      aria-label={`Change to the ${other} theme`}
      title={`${other} theme`}
    >
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </Button>
  );
}
