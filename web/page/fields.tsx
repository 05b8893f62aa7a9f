import { useId, useState } from 'preact/hooks';

interface FieldProps<Value> {
  readonly title: string;
  readonly value: Value;
  readonly change: (value: Value) => void;
}

/** A few values side by side, of which one is chosen. */
export function Segments({
  title,
  values,
  value,
  change,
}: FieldProps<string> & { readonly values: readonly string[] }) {
  const id = useId();
  return (
    <fieldset class="segments">
      <legend>{title}</legend>
      <div>
        {values.map((each) => (
          <label key={each}>
            <input type="radio" name={id} value={each} checked={each === value} onChange={() => change(each)} />
            <span>{each}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** One of some values, each with words. */
export function Choice({
  title,
  options,
  value,
  change,
}: FieldProps<string> & { readonly options: readonly (readonly [value: string, words: string])[] }) {
  return (
    <label class="field">
      <span>{title}</span>
      <select value={value} onChange={({ currentTarget }) => change(currentTarget.value)}>
        {options.map(([each, words]) => (
          <option key={each} value={each} selected={each === value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The text of a field. While it is typed in, a page that is drawn anew leaves it alone. */
function useDraft(text: string) {
  const [draft, setDraft] = useState<string>();
  return { text: draft ?? text, type: setDraft, done: () => setDraft(undefined) };
}

/** A whole number of a range. */
export function NumberField({
  title,
  value,
  range: [least, most],
  change,
}: FieldProps<number> & { readonly range: readonly [number, number] }) {
  const draft = useDraft(String(value));
  return (
    <label class="field">
      <span>{title}</span>
      <input
        type="number"
        inputMode="numeric"
        min={least}
        max={most}
        value={draft.text}
        onInput={({ currentTarget }) => draft.type(currentTarget.value)}
        onChange={({ currentTarget: { valueAsNumber: typed } }) => {
          draft.done();
          if (Number.isFinite(typed)) change(Math.min(most, Math.max(least, Math.round(typed))));
        }}
      />
    </label>
  );
}

/** A choice that is made or not. */
export function Check({ title, value, change }: FieldProps<boolean>) {
  return (
    <label class="check">
      <input type="checkbox" checked={value} onChange={({ currentTarget }) => change(currentTarget.checked)} />
      <span>{title}</span>
    </label>
  );
}

/** Numbers that are there or not. `shown`: those that count where none are given. */
export function NumbersField({
  title,
  value,
  shown,
  isSingle = false,
  change,
}: FieldProps<readonly number[] | undefined> & {
  readonly shown: readonly number[] | undefined;
  readonly isSingle?: boolean;
}) {
  const id = useId();
  const draft = useDraft(value?.join(', ') ?? '');
  const [isWrong, setWrong] = useState(false);
  return (
    <label class="field">
      <span>{title}</span>
      <input
        type="text"
        inputMode="decimal"
        autocomplete="off"
        value={draft.text}
        placeholder={shown?.map((each) => Number(each.toPrecision(6))).join(', ')}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? id : undefined}
        onInput={({ currentTarget }) => draft.type(currentTarget.value)}
        onChange={({ currentTarget }) => {
          const words = currentTarget.value.split(/[\s,;[\]]+/).filter((word) => word !== '');
          const numbers = words.map(Number);
          const isNumeric = numbers.every(Number.isFinite) && !(isSingle && numbers.length > 1);
          setWrong(!isNumeric);
          if (!isNumeric) return;
          draft.done();
          change(numbers.length === 0 ? undefined : numbers);
        }}
      />
      {isWrong && (
        <span class="bad" id={id}>
          {isSingle ? 'One number, such as 0.017.' : 'Numbers only, such as 104, 117, 123.'}
        </span>
      )}
    </label>
  );
}

/** A text that is there or not. */
export function TextField({ title, value, hint, change }: FieldProps<string | undefined> & { readonly hint: string }) {
  const draft = useDraft(value ?? '');
  return (
    <label class="field">
      <span>{title}</span>
      <input
        type="text"
        autocomplete="off"
        spellcheck={false}
        value={draft.text}
        placeholder={hint}
        onInput={({ currentTarget }) => draft.type(currentTarget.value)}
        onChange={({ currentTarget }) => {
          draft.done();
          change(currentTarget.value.trim() || undefined);
        }}
      />
    </label>
  );
}
