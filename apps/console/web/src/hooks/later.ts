/** Runs something later; answers how to prevent it. */
export function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** Runs something as soon as the page can be seen; answers how to prevent it. */
export function whenVisible(run: () => void): () => void {
  if (!document.hidden) {
    run();
    return () => {};
  }
  const stop = (): void => document.removeEventListener('visibilitychange', look);
  const look = (): void => {
    if (document.hidden) return;
    stop();
    run();
  };
  document.addEventListener('visibilitychange', look);
  return stop;
}
