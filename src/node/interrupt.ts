/**
 * A signal that Ctrl-C (SIGINT) or SIGTERM raises, for `train`: it finishes the step under way and saves. A second one
 * ends the process at once. Call `dispose` when the run is over, so that Ctrl-C means again what it did.
 */
export function stopOnInterrupt(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143); // 128 + the signal's number
    controller.abort(new Error(`stopped by ${name}`));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
