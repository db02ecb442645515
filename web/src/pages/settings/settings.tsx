import { getRouteApi } from '@tanstack/react-router';
import { Page } from '../../ui/page.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import { AboutSection } from './about.tsx';
import { AccessSection } from './access.tsx';
import { AppearanceSection } from './appearance.tsx';
import { ConfigurationSection } from './configuration.tsx';
import { DronesSection } from './drones-section.tsx';
import { NotificationsSection } from './notifications.tsx';
import { SECTIONS, type Section } from './settings-search.ts';

const here = getRouteApi('/settings');

const LABELS: Readonly<Record<Section, string>> = {
  ...{ configuration: 'Configuration', access: 'Access', drones: 'Drones' },
  ...{ notifications: 'Notifications', appearance: 'Appearance', about: 'About' },
};

/** How the control plane is set up, who may do what, what drones may take, who is told what, and how this page looks. */
export function SettingsPage() {
  const { view = 'configuration' } = here.useSearch();
  const navigate = here.useNavigate();
  return (
    <Page title="Settings" full={view === 'configuration' || view === 'drones'}>
      <div>
        <Choice
          label="Settings"
          options={SECTIONS.map((value) => ({ value, label: LABELS[value] }))}
          value={view}
          onChange={(value) =>
            void navigate({ search: value === 'configuration' ? {} : { view: value }, resetScroll: false })
          }
        />
      </div>
      <SectionOf view={view} />
    </Page>
  );
}

function SectionOf({ view }: { readonly view: Section }) {
  switch (view) {
    case 'configuration':
      return <ConfigurationSection />;
    case 'access':
      return <AccessSection />;
    case 'drones':
      return <DronesSection />;
    case 'notifications':
      return <NotificationsSection />;
    case 'appearance':
      return <AppearanceSection />;
    case 'about':
      return <AboutSection />;
  }
}
