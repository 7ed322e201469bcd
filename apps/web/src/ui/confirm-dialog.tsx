'use client';
import { type ReactNode, useState } from 'react';
import { Button } from './button';
import { Dialog, DialogActions, DialogBody } from './dialog';
import { TextField } from './text-field';

interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, in a sentence or two. */
  consequence: ReactNode;
  /** Verb and object: "Destroy web-1". */
  action: string;
  /** What the way out is called, where "Cancel" would be taken for the act itself. */
  dismiss?: string;
  onConfirm: () => void;
  pending?: boolean;
  danger?: boolean;
  /** The name to type before the action can be pressed; paste is allowed. */
  typeName?: string | undefined;
  /** Why the action cannot be pressed, whatever was typed. */
  blocked?: string | null;
  error?: ReactNode;
  children?: ReactNode;
}

/** One dialog for all confirm tiers: a sentence, a plan as children, or a name to type. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onClose, title, consequence, action, onConfirm, pending, danger, typeName, error, children } =
    props;
  const { dismiss = 'Cancel', blocked } = props;
  const [typed, setTyped] = useState('');
  const named = !typeName || typed.trim() === typeName;
  const close = () => {
    setTyped('');
    onClose();
  };
  return (
    <Dialog open={open} onClose={close} title={title}>
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault();
          if (named && !pending && !blocked) onConfirm();
        }}
      >
        <DialogBody>
          <div className="text-default">{consequence}</div>
          {children}
          {typeName && (
            <TextField
              label={
                <>
                  Type <span className="mono text-strong">{typeName}</span> to go on
                </>
              }
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              mono
              autoFocus
            />
          )}
          {error}
        </DialogBody>
        <DialogActions>
          <Button onClick={close}>{dismiss}</Button>
          <Button
            type="submit"
            look={danger ? 'danger-solid' : 'primary'}
            pending={pending}
            autoFocus={!typeName}
            disabledReason={blocked ?? (!named && `Type ${typeName} first`)}
          >
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
