import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Icon } from '../../ui/icons.tsx';
import { jsonText, type Setting, valueText } from './setting-words.ts';
import styles from './settings.module.css';

type Props = { readonly setting: Setting; readonly onClose: () => void };

const READERS = { server: 'the control plane', client: 'other commands', nobody: 'nobody any more' } as const;

/** One setting: what it is for, what it may be, and how it is changed. */
export function SettingPanel({ setting, onClose }: Props) {
  const line = `"${setting.key}": ${jsonText(setting)}`;
  return (
    <aside className={styles['panel']} aria-label={setting.name}>
      <header>
        <h2 className="mono">{setting.name}</h2>
        <Button small look="ghost" aria-label="Close" icon={<Icon name="close" />} onClick={onClose} />
      </header>
      <p>{setting.why}</p>
      <dl>
        <Fact name="Value">{valueText(setting)}</Fact>
        <Fact name="From">{setting.source_text}</Fact>
        <Fact name="Default">{setting.default}</Fact>
        <Fact name="Must be">{setting.range}</Fact>
        <Fact name="Read by">{READERS[setting.read_by]}</Fact>
        {setting.flag === null ? null : <Fact name="Flag of serve">{setting.flag}</Fact>}
      </dl>
      <h3>To change it</h3>
      <p className="dim">
        In the configuration file, or as a variable of the environment; then start the control plane again.
      </p>
      <div className={styles['snippet']}>
        <code>{line}</code>
        <Copy text={line} />
      </div>
      <div className={styles['snippet']}>
        <code>
          {setting.name}={setting.secret ? '…' : (setting.value ?? '')}
        </code>
        <Copy text={`${setting.name}=${setting.secret ? '' : (setting.value ?? '')}`} />
      </div>
    </aside>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
