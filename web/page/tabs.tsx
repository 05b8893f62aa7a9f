import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

/** One of several views in one place. */
export interface Tab {
  readonly id: string;
  readonly title: string;
  /** Where there is nothing to show yet. */
  readonly disabled?: boolean;
  readonly body: () => ComponentChildren;
}

interface TabsProps {
  readonly title: string;
  readonly tabs: readonly Tab[];
  readonly chosen: string;
  readonly choose: (id: string) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** Views of which one is shown. Arrow keys, Home and End go from one to the other. */
export function Tabs({ title, tabs, chosen, choose }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const open = tabs.filter(({ disabled }) => disabled !== true);
  const shown = open.find(({ id }) => id === chosen) ?? open[0];
  const move = (event: KeyboardEvent): void => {
    const at = open.findIndex(({ id }) => id === shown?.id);
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? open.length - 1 : at + (STEPS[event.key] ?? 0);
    const next = open[(to + open.length) % open.length];
    if (next === undefined || next.id === shown?.id) return;
    event.preventDefault();
    choose(next.id);
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={title} ref={list} onKeyDown={move}>
        {tabs.map(({ id, title: name, disabled = false }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={id === shown?.id}
            aria-controls={id === shown?.id ? `panel-${id}` : undefined}
            tabIndex={id === shown?.id ? 0 : -1}
            disabled={disabled}
            onClick={() => choose(id)}
          >
            {name}
          </button>
        ))}
      </div>
      {shown !== undefined && (
        <div class="panel" role="tabpanel" id={`panel-${shown.id}`} aria-labelledby={`tab-${shown.id}`} key={shown.id}>
          {shown.body()}
        </div>
      )}
    </>
  );
}
