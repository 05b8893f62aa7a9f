import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface Option {
  readonly id: string;
  /** The class of the option. */
  readonly kind: string;
  readonly body: () => ComponentChildren;
}

interface ListboxProps {
  readonly title: string;
  readonly options: readonly Option[];
  readonly chosen: string;
  readonly choose: (id: string) => void;
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity,
};

/** A list of which one option is chosen: one stop of the Tab key; arrow keys, Home and End go from option to option. */
export function Listbox({ title, options, chosen, choose }: ListboxProps) {
  const list = useRef<HTMLDivElement>(null);
  const name = useId();
  const at = options.findIndex(({ id }) => id === chosen);
  useEffect(() => {
    const option = list.current?.children[at];
    const isMoved = document.activeElement === list.current;
    if (isMoved && option instanceof HTMLElement) option.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = options[Math.max(0, Math.min(options.length - 1, at + step))];
    if (next !== undefined) choose(next.id);
  };
  return (
    <div
      ref={list}
      class="list"
      role="listbox"
      aria-label={title}
      aria-activedescendant={`${name}-${at}`}
      tabIndex={0}
      onKeyDown={move}
    >
      {options.map(({ id, kind, body }, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
        // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus
        <div
          key={id}
          id={`${name}-${index}`}
          role="option"
          aria-selected={id === chosen}
          class={kind}
          onClick={() => choose(id)}
        >
          {body()}
        </div>
      ))}
    </div>
  );
}
