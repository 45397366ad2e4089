/** Shows one frame at a time, at a score. Reads attributes, writes no markup. */
export const playerScript = `(() => {
  const main = document.querySelector('main');
  const all = (selector, of = main) => [...of.querySelectorAll(selector)];
  const one = (selector) => main.querySelector(selector);
  const frames = all('.stage figure').map((figure) => ({ figure, groups: all('g', figure), misses: 0, falses: 0, found: 0, seen: 0 }));
  const judged = main.dataset.judged !== undefined;
  const bars = all('.timeline rect');
  const seek = one('.seek');
  const score = one('.score');
  const play = one('.play');
  let at = 0;
  let timer = 0;
  const say = () => {
    const { found, misses, falses, seen } = frames[at];
    one('.said').textContent = (at + 1) + ' of ' + frames.length + ': ' + (judged ? found + ' found, ' + misses + ' missed, ' + falses + ' false' : seen + ' found');
  };
  const go = (to) => {
    frames[at].figure.classList.remove('shown');
    at = Math.min(frames.length - 1, Math.max(0, to));
    frames[at].figure.classList.add('shown');
    seek.value = at;
    say();
  };
  const threshold = () => {
    const from = Number(score.value);
    one('output').textContent = from.toFixed(2);
    for (const frame of frames) {
      frame.misses = frame.falses = frame.found = frame.seen = 0;
      for (const group of frame.groups) {
        const { from: least, until, missed, found, seen: told, false: invented } = group.dataset;
        const seen = (least === undefined || from <= Number(least)) && (until === undefined || from > Number(until));
        group.style.display = seen ? '' : 'none';
        if (!seen) continue;
        if (missed !== undefined) frame.misses++;
        if (found !== undefined) frame.found++;
        if (told !== undefined) frame.seen++;
        if (invented !== undefined) frame.falses++;
      }
    }
    const most = Math.max(4, ...frames.flatMap(({ misses, falses, seen }) => [misses, falses, seen]));
    frames.forEach(({ misses, falses, seen }, i) => {
      const up = 20 * (judged ? misses : seen) / most;
      bars[2 * i].setAttribute('y', 20 - up);
      bars[2 * i].setAttribute('height', up);
      bars[2 * i + 1].setAttribute('height', 20 * falses / most);
    });
    say();
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = String.fromCharCode(9654);
    play.setAttribute('aria-label', 'play');
  };
  const toggle = () => {
    if (timer) return stop();
    timer = setInterval(() => go((at + 1) % frames.length), 1000 / Number(main.dataset.rate));
    play.textContent = String.fromCharCode(10074, 10074);
    play.setAttribute('aria-label', 'pause');
  };
  const nextMiss = () => {
    stop();
    for (let step = 1; step <= frames.length; step++) {
      const place = (at + step) % frames.length;
      if (frames[place].misses > 0) return go(place);
    }
  };
  seek.addEventListener('input', () => { stop(); go(Number(seek.value)); });
  score.addEventListener('input', threshold);
  play.addEventListener('click', toggle);
  one('.miss').addEventListener('click', nextMiss);
  for (const button of all('.step')) button.addEventListener('click', () => { stop(); go(at + Number(button.dataset.by)); });
  for (const box of all('.layer')) box.addEventListener('change', () => main.classList.toggle('no-' + box.value, !box.checked));
  one('.timeline').addEventListener('click', (event) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    stop();
    go(Math.floor(frames.length * (event.clientX - left) / width));
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === score) return;
    const by = event.shiftKey ? 10 : 1;
    const keys = {
      ArrowRight: () => { stop(); go(at + by); },
      ArrowLeft: () => { stop(); go(at - by); },
      Home: () => { stop(); go(0); },
      End: () => { stop(); go(frames.length - 1); },
      ' ': toggle,
      m: nextMiss,
      M: nextMiss,
    };
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!act || (event.key === ' ' && event.target.closest('button, input[type=checkbox]'))) return;
    event.preventDefault();
    act();
  });
  main.classList.add('live');
  one('.controls').hidden = false;
  const named = () => go(Math.max(0, frames.findIndex(({ figure }) => '#' + encodeURI(figure.dataset.id) === location.hash)));
  window.addEventListener('hashchange', named);
  threshold();
  named();
})();`;

/** The page's policy allows this script alone. SHA-256 of the text above; a test holds it. */
export const playerScriptHash = 'sha256-GLN2ATdAeQUd+3E0cVKvTX6ho39IsOkPNYHANb38YaM=';
