import { getRouteApi } from '@tanstack/react-router';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/toolbar.tsx';
import { Drawing } from './drawing.tsx';
import styles from './story.module.css';
import { VERSIONS, type Version } from './versions.ts';

const here = getRouteApi('/architecture');
const OPTIONS = VERSIONS.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }));

/** How it came to be like this: what each version was good at, and what made the next one necessary. */
export function Story() {
  const { version = 'v3' } = here.useSearch();
  const navigate = here.useNavigate();
  const choose = (id: Version['id']) =>
    void navigate({
      search: (before) => ({ ...before, version: id === 'v3' ? undefined : id }),
      replace: true,
      resetScroll: false,
    });
  const shown = VERSIONS.find(({ id }) => id === version) ?? VERSIONS[0];
  return (
    <Card
      title="How it came to be"
      aside={<Choice label="Version" options={OPTIONS} value={version} onChange={choose} />}
    >
      {shown === undefined ? null : (
        <div className={styles['story']}>
          <Drawing id={shown.id} label={shown.drawn} />
          <div className={styles['words']}>
            <p>{shown.says}</p>
            <div>
              <h3 className={styles['good']}>What it was good at</h3>
              <ul className={styles['list']}>
                {shown.good.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </div>
            <div>
              <h3 className={styles['bad']}>{shown.id === 'v3' ? 'What it costs' : 'What went wrong'}</h3>
              <ul className={styles['list']}>
                {shown.bad.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </div>
          </div>
        </div>
      )}
    </Card>
  );
}
