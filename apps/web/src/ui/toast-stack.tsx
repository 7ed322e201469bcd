'use client';
import { Toast as Base } from '@base-ui/react/toast';
import { CircleCheck, Info, OctagonX, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import type { ToastMessage, ToastTone } from './toast';

const icons: Record<ToastTone, ReactNode> = {
  ok: <CircleCheck className="text-ok-mark" aria-hidden />,
  bad: <OctagonX className="text-bad-mark" aria-hidden />,
  info: <Info className="text-info-mark" aria-hidden />,
};

/** Shows each message once, 6 s long; hover and focus hold it. */
export function ToastStack({ messages }: { messages: readonly ToastMessage[] }) {
  return (
    <Base.Provider timeout={6000}>
      <Feed messages={messages} />
      <Base.Portal>
        <Base.Viewport className="fixed right-3 bottom-10 left-3 z-50 flex flex-col gap-2 sm:left-auto sm:w-96">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Feed({ messages }: { messages: readonly ToastMessage[] }) {
  const { add } = Base.useToastManager();
  const shown = useRef(0);
  useEffect(() => {
    for (const { id, tone, title, description } of messages) {
      if (id <= shown.current) continue;
      shown.current = id;
      add({ title, description, type: tone, priority: tone === 'bad' ? 'high' : 'low' });
    }
  }, [messages, add]);
  return null;
}

function Toasts() {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className="overlay-in flex items-start gap-2.5 rounded-note border border-line-default bg-surface-overlay p-3 shadow-overlay [&_svg]:size-4"
    >
      <span className="mt-0.5">{icons[(toast.type as ToastTone | undefined) ?? 'info']}</span>
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
