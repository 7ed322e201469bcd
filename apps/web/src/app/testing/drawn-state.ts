/** A state as the pages draw it. */
export interface DrawnState {
  /** states of one set stand beside each other somewhere */
  set: string;
  state: string;
  html: string;
}

/** What `every-state.tsx` has to show. */
export interface EveryState {
  /** with its word beside the mark */
  wordedStates(): DrawnState[];
  /** told by the mark alone */
  markedStates(): DrawnState[];
  /** two that only their colour tells apart */
  statesOfOneShape(): DrawnState[];
}
