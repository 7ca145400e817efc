import type { PreviewColumn, PreviewColumn_Kind } from '@advocate/contracts';

const kinds: Readonly<Record<PreviewColumn_Kind, string>> = {
  KIND_UNSPECIFIED: '',
  STANDARD: 'standard',
  CUSTOM_FIELD: 'custom field',
  IGNORED: 'ignored',
};

/** What each column means. Those that are ignored come first, with the column that was perhaps meant. */
export function ColumnList({ columns }: { columns: readonly PreviewColumn[] }) {
  const ignored = columns.filter(({ kind }) => kind === 'IGNORED');
  const read = columns.filter(({ kind }) => kind !== 'IGNORED');
  return (
    <div>
      <h3>Columns as understood</h3>
      <ul class="chips">
        {[...ignored, ...read].map(({ name, kind, suggestion }, index) => (
          <li key={index} class={`chip chip-${kind}`}>
            <span class="chip-name">{name === '' ? '(no name)' : name}</span>
            <span class="chip-kind">{kinds[kind]}</span>
            {suggestion !== '' && (
              <span class="chip-suggestion">
                did you mean <strong>{suggestion}</strong>?
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
