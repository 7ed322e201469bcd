'use client';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { keepInCookie, THEME_COOKIE, type Theme } from './appearance';

const ThemeContext = createContext<{ theme: Theme; setTheme: (theme: Theme) => void }>({
  theme: 'system',
  setTheme: () => {},
});

export function ThemeProvider({ initial, children }: { initial: Theme; children: ReactNode }) {
  const [theme, set] = useState(initial);
  const setTheme = (next: Theme) => {
    set(next);
    keepInCookie(THEME_COOKIE, next);
    if (next === 'system') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.dataset.theme = next;
  };
  return <ThemeContext value={{ theme, setTheme }}>{children}</ThemeContext>;
}

export const useTheme = () => useContext(ThemeContext);
