'use client';
import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useState } from 'react';

export type ToastTone = 'ok' | 'bad' | 'info';

export interface ToastMessage {
  id: number;
  tone: ToastTone;
  title: ReactNode;
  description?: ReactNode;
}

type Say = (tone: ToastTone, title: ReactNode, description?: ReactNode) => void;

const ToastContext = createContext<Say>(() => {});

const ToastStack = lazy(() => import('./toast-stack').then((module) => ({ default: module.ToastStack })));

/** A toast says how one's own act went, for 6 s, and is never the only record of it. Loaded with the first one. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<readonly ToastMessage[]>([]);
  const say = useCallback<Say>((tone, title, description) => {
    setMessages((before) => [...before, { id: (before.at(-1)?.id ?? 0) + 1, tone, title, description }]);
  }, []);
  return (
    <ToastContext value={say}>
      {children}
      <Suspense>{messages.length > 0 && <ToastStack messages={messages} />}</Suspense>
    </ToastContext>
  );
}

export const useToast = () => useContext(ToastContext);
