import { useEffect, useRef, useState } from 'preact/hooks';

const pauseMs = 8000;

/** The text as a screen reader should hear it: at once when `isFinal`, else at most every eight seconds. */
export function useAnnouncement(text: string, isFinal: boolean): string {
  const [said, setSaid] = useState('');
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    if (isFinal) {
      setSaid(text);
      return;
    }
    const timer = setInterval(() => setSaid(latest.current), pauseMs);
    return () => clearInterval(timer);
  }, [isFinal, isFinal && text]);
  return said;
}
