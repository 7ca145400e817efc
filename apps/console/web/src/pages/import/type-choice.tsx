import type { Draft } from './draft.ts';

const types = [
  { type: 'USERS', title: 'Users', text: 'Each row creates a participant, or updates the one that is there.' },
  { type: 'USER_DELETIONS', title: 'Delete Users', text: 'Each row deletes a participant with all history. This cannot be undone.' },
] as const;

/** What the rows of the file do. */
export const TypeChoice = ({ type, onChange }: { type: Draft['type']; onChange: (type: Draft['type']) => void }) => (
  <fieldset class="card choices">
    <legend>What the file does</legend>
    {types.map((choice) => (
      <label key={choice.type} class={`choice choice-${choice.type}`}>
        <input type="radio" name="type" value={choice.type} checked={type === choice.type} onChange={() => onChange(choice.type)} />
        <span>
          <span class="choice-title">{choice.title}</span>
          <span class="hint">{choice.text}</span>
        </span>
      </label>
    ))}
  </fieldset>
);
