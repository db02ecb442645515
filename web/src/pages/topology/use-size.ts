import { type RefObject, useLayoutEffect, useState } from 'react';
import type { Size } from './geometry.ts';

/** How large an element is, in pixels; undefined before it was measured. */
export function useSize(element: RefObject<HTMLElement | null>): Size | undefined {
  const [size, setSize] = useState<Size>();
  useLayoutEffect(() => {
    const home = element.current;
    if (home === null) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = home;
      setSize((before) => (before?.width === width && before.height === height ? before : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(home);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
