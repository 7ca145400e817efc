import { useState } from 'preact/hooks';
import { Icon } from '../../components/icon.tsx';
import { type SearchKind, searchKinds } from '../../text/participant-search.ts';

interface SearchFormProps {
  readonly kind: SearchKind;
  readonly value: string;
  readonly onSearch: (kind: SearchKind, value: string) => void;
}

/** One box, and what is written in it. */
export function SearchForm({ kind: givenKind, value: givenValue, onSearch }: SearchFormProps) {
  const [kind, setKind] = useState(givenKind);
  const [value, setValue] = useState(givenValue);
  return (
    <form
      class="search"
      role="search"
      aria-label="Find participants"
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim() !== '') onSearch(kind, value.trim());
      }}
    >
      <select aria-label="Search by" value={kind} onChange={(event) => setKind(event.currentTarget.value as SearchKind)}>
        {Object.entries(searchKinds).map(([name, { label }]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label={searchKinds[kind].label}
        placeholder={searchKinds[kind].placeholder}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={value}
        onInput={(event) => setValue(event.currentTarget.value)}
      />
      <button type="submit" class="button button-primary">
        <Icon name="search" />
        Search
      </button>
    </form>
  );
}
