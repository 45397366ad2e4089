/**
 * Gives the event loop a turn, so that decoders, painting and whoever asks for a stop come to theirs. A message, because
 * a timer is held back in a browser: to one a second in a hidden tab.
 */
export function air(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close(); // in Node an open port keeps the process alive
      resolve();
    };
    port2.postMessage(undefined);
  });
}
