import type { Draft } from './draft.ts';

/** What a deletion does besides; a row's own column wins over it. */
export const DeletionOptions = ({ draft, onChange }: { draft: Draft; onChange: (changes: Partial<Draft>) => void }) => (
  <div class="field checks">
    <label class="check">
      <input
        type="checkbox"
        checked={draft.preserveEmptyAccounts}
        onChange={(event) => onChange({ preserveEmptyAccounts: event.currentTarget.checked })}
      />
      <span>
        Preserve empty accounts
        <span class="hint">Otherwise an account goes with its last user.</span>
      </span>
    </label>
    <label class="check">
      <input type="checkbox" checked={draft.doNotTrack} onChange={(event) => onChange({ doNotTrack: event.currentTarget.checked })} />
      <span>
        Do not track
        <span class="hint">Later imports of the same users are refused.</span>
      </span>
    </label>
    <p class="hint">A row can say otherwise in columns of its own.</p>
  </div>
);
