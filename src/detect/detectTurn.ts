/**
 * Gives the event loop a turn, so that whoever asks for a stop comes to it. A message, because a page holds timers back:
 * to one a second in a hidden tab.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close(); // in Node an open port keeps the process alive
      resolve();
    };
    port2.postMessage(undefined);
  });
}
