'use client';
import { cloneElement, type ReactElement } from 'react';

interface TooltipProps {
  text: string;
  /** The element it explains. */
  children: ReactElement<{ 'data-tip'?: string; 'aria-description'?: string }>;
}

/**
 * Shown on hover and on focus by the one TooltipLayer of the page; never the only place where something is said
 * that is needed to act.
 */
export function Tooltip({ text, children }: TooltipProps) {
  return cloneElement(children, { 'data-tip': text, 'aria-description': text });
}
