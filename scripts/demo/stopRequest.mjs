let stopping = false;

/** @type {Promise<void>} */
export const stopRequested = new Promise((resolve) => {
  const stopNow = () => {
    stopping = true;
    resolve();
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stopNow);
  // Whoever reads the output has gone, as `head` does. Unheard, the error would end this process alone.
  process.stdout.on('error', stopNow);
});

export const isStopping = () => stopping;
