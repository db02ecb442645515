import { Page } from '../../ui/page.tsx';
import { Life } from './life.tsx';
import { Parts } from './parts.tsx';
import { UsualSettings } from './settings.tsx';
import { Story } from './story.tsx';
import { Trouble } from './trouble.tsx';

/** How the parts of the swarm work together, with the numbers and the settings of this one. */
export function ArchitecturePage() {
  return (
    <Page title="Architecture" says="How the swarm works, with the numbers and the settings of this one.">
      <UsualSettings />
      <Parts />
      <Life />
      <Trouble />
      <Story />
    </Page>
  );
}
