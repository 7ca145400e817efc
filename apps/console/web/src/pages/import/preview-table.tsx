import type { PreviewImportResponse } from '@advocate/contracts';
import { formatCount, formatNumber } from '@advocate/format';
import { Icon } from '../../components/icon.tsx';

/** The first rows as they stand in the file, and what is wrong with them. */
export function PreviewTable({ preview: { columns, rows } }: { preview: Pick<PreviewImportResponse, 'columns' | 'rows'> }) {
  const wrong = rows.filter(({ error }) => error !== '');
  return (
    <div>
      <h3 id="first-rows">{rows.length === 1 ? 'First row' : `First ${formatCount(rows.length, 'row')}`}</h3>
      {/* Reachable by keyboard, since it scrolls sideways. */}
      <div class="table-scroll" tabIndex={0} role="region" aria-labelledby="first-rows">
        <table class="table table-cells">
          <thead>
            <tr>
              <th scope="col" class="number">
                Row
              </th>
              {columns.map(({ name, kind }, index) => (
                <th key={index} scope="col" class={`column-${kind}`}>
                  {name}
                  {kind === 'IGNORED' && <span class="hint"> ignored</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ recordNumber, cells, error }) => (
              <tr key={recordNumber} class={error === '' ? '' : 'is-wrong'}>
                <th scope="row" class="number">
                  {formatNumber(recordNumber)}
                </th>
                {columns.map(({ kind }, index) => (
                  <td key={index} class={`column-${kind}`}>
                    {cells[index]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {wrong.length > 0 && (
        <ul class="row-errors">
          {wrong.map(({ recordNumber, error }) => (
            <li key={recordNumber}>
              <Icon name="alert" />
              <span>
                Row {formatNumber(recordNumber)} would fail: {error}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
