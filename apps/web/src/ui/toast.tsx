'use client';
import { Toast as Base } from '@base-ui/react/toast';
import { CircleCheck, Info, OctagonX, X } from 'lucide-react';
import type { ReactNode } from 'react';

const icons: Record<string, ReactNode> = {
  ok: <CircleCheck className="text-ok-mark" aria-hidden />,
  bad: <OctagonX className="text-bad-mark" aria-hidden />,
  info: <Info className="text-info-mark" aria-hidden />,
};

function Toasts() {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className="overlay-in flex items-start gap-2.5 rounded-note border border-line-default bg-surface-overlay p-3 shadow-overlay [&_svg]:size-4"
    >
      <span className="mt-0.5">{icons[toast.type ?? 'info']}</span>
      <Base.Content className="min-w-0 flex-1">
        <Base.Title className="font-medium text-strong" />
        <Base.Description className="text-muted" />
      </Base.Content>
      <Base.Close
        aria-label="Dismiss"
        className="grid size-6 place-items-center rounded-control text-muted hover:bg-surface-hover"
      >
        <X aria-hidden />
      </Base.Close>
    </Base.Root>
  ));
}

/** A toast says how one's own act went, for 6 s, and is never the only record of it. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider timeout={6000}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-3 bottom-10 left-3 z-50 flex flex-col gap-2 sm:left-auto sm:w-96">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

export function useToast() {
  const manager = Base.useToastManager();
  return (tone: 'ok' | 'bad' | 'info', title: ReactNode, description?: ReactNode) =>
    manager.add({ title, description, type: tone, priority: tone === 'bad' ? 'high' : 'low' });
}
