/** A heap and the kernels that work on it. */
export interface Engine {
  readonly heap: unknown;
  readonly kernels: unknown;
}
