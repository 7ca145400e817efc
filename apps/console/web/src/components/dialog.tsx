import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog, open as long as it is rendered. It keeps the focus inside, closes on Escape, and gives the focus back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = element.current!;
    const opener = document.activeElement;
    dialog.showModal();
    return () => {
      // As long as it is open, nothing outside of it takes the focus.
      dialog.remove();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  const close = (event: Event) => {
    // It goes when it is no longer rendered, so that it is never there and closed.
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={element} class="dialog" aria-labelledby={id} onCancel={close} onClose={close}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
