/** Leave to do something once. Whoever has it gives it back, whatever came of it. */
export interface Permit {
  readonly end: () => void;
}
