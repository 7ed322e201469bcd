'use client';
import type { ReactNode } from 'react';
import { Button } from './button';
import { Dialog, DialogActions, DialogBody } from './dialog';

interface FormDialogProps {
  title: ReactNode;
  description?: ReactNode;
  /** Verb and object: "Reserve 10.0.0.5". */
  action: ReactNode;
  /** Why it cannot be pressed now. */
  blocked?: string | false | null | undefined;
  pending: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Fields in a dialog, with one button that sends them. What was typed stays until the dialog is closed. */
export function FormDialog(props: FormDialogProps) {
  const { title, description, action, blocked, pending, onSubmit, onClose, children } = props;
  return (
    <Dialog open onClose={onClose} title={title} description={description}>
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault();
          if (!blocked && !pending) onSubmit();
        }}
      >
        <DialogBody>{children}</DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" pending={pending} disabledReason={blocked}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
