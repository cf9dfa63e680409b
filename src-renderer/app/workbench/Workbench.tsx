import { type DockviewApi, DockviewReact, type DockviewReadyEvent, type DockviewTheme } from 'dockview-react';
import { useEffect, useRef, useState } from 'react';
import { panels } from '../../panels';
import { type LayoutState, layoutActions, useLayout } from '../../stores/layout';
import { ActivityBar } from './ActivityBar';
import { arrange, isPanelInFront, restore } from './arrangement';
import { DockPanel } from './DockPanel';
import { DockTab } from './DockTab';
import styles from './workbench.module.css';

const components = Object.fromEntries(panels.values().map(({ id }) => [id, DockPanel]));
const dockTheme: DockviewTheme = {
  name: 'tapdeck',
  className: 'dock',
  gap: 0,
  tabGroupIndicator: 'none',
  dndTabIndicator: 'line',
};
const rememberDelayMs = 300;

/** The dock: every panel stands somewhere in it, where the user put it last. */
export function Workbench() {
  const [api, setApi] = useState<DockviewApi | null>(null);
  const [frontIds, setFrontIds] = useState<readonly string[]>([]);
  const resetSerial = useLayout((state) => state.resetSerial);
  const lastReset = useRef(resetSerial);

  const onReady = ({ api: dock }: DockviewReadyEvent): void => {
    const remembered = useLayout.getState().dock;
    if (!remembered || !restore(dock, remembered)) arrange(dock);
    setApi(dock);
  };

  useEffect(() => {
    if (!api) return;
    const readFront = (): void =>
      setFrontIds(api.panels.filter((panel) => panel.api.isVisible).map((panel) => panel.id));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const subscriptions = [
      api.onDidLayoutChange(() => {
        readFront();
        clearTimeout(timer);
        timer = setTimeout(() => layoutActions.setDock(api.toJSON()), rememberDelayMs);
      }),
      api.onDidActivePanelChange(readFront),
    ];
    readFront();
    return () => {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
    };
  }, [api]);

  useEffect(() => {
    if (!api || lastReset.current === resetSerial) return;
    lastReset.current = resetSerial;
    arrange(api);
  }, [api, resetSerial]);

  useEffect(() => {
    if (!api) return;
    const bring = ({ panelId, focus }: LayoutState['reveal']): void => {
      const panel = panelId === null ? undefined : api.getPanel(panelId);
      if (!panel) return;
      if (!isPanelInFront(panel)) panel.api.setActive();
      if (focus) focusContent(panel.id);
    };
    bring(useLayout.getState().reveal);
    // Each wish counts, also of several at once, which React would take for one.
    return useLayout.subscribe((now, before) => {
      if (now.reveal.serial !== before.reveal.serial) bring(now.reveal);
    });
  }, [api]);

  return (
    <div className={styles.workbench}>
      <ActivityBar frontIds={frontIds} />
      <div className={styles.dockBox}>
        <DockviewReact
          components={components}
          defaultTabComponent={DockTab}
          defaultRenderer="always"
          disableFloatingGroups
          onReady={onReady}
          theme={dockTheme}
        />
      </div>
    </div>
  );
}

/** What a panel is made for, the best first. */
const mainParts = ['[role=grid]', '[role=tree]', '[role=listbox]', '[tabindex="0"]', 'button:enabled'];

/** Moves the keyboard to what a panel is made for: its table, list or chart. */
function focusContent(panelId: string): void {
  requestAnimationFrame(() => {
    const panel = document.querySelector<HTMLElement>(`[data-panel="${panelId}"]`);
    const targets = mainParts.map((selector) => panel?.querySelector<HTMLElement>(selector));
    (targets.find(Boolean) ?? panel)?.focus();
  });
}
