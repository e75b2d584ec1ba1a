import { useEffect, useState, type RefObject } from 'react';

/** Is there more in the element than it can show? */
export function useOverflow(ref: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const look = () => setOverflows(element.scrollHeight > element.clientHeight);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [ref]);
  return overflows;
}

/** Is there more below what the element shows now? For a hint, where the edge cuts no line. */
export function useMoreBelow(ref: RefObject<HTMLElement | null>): boolean {
  const [more, setMore] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const look = () => {
      const { scrollHeight, scrollTop, clientHeight } = element;
      setMore(scrollHeight - scrollTop - clientHeight > emptyEnd(element));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [ref]);
  return more;
}

/** Pixels at the end of the content with nothing in them to look for. */
function emptyEnd(scroller: HTMLElement): number {
  const last = scroller.lastElementChild;
  return 1 + (last === null ? 0 : Number.parseFloat(getComputedStyle(last).paddingBlockEnd));
}
