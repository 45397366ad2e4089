import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { matchImage } from '../../src/evaluate/matching.ts';
import { plainProtocol } from '../../src/evaluate/protocol.ts';
import { playerHtml } from '../../src/picture/player.ts';
import type { PlayerFrame } from '../../src/picture/playerFrame.ts';
import { playerScript, playerScriptHash } from '../../src/picture/playerScript.ts';
import { timelineSvg } from '../../src/picture/playerTimeline.ts';
import { xmlFaults } from './xml.ts';

const hostile = `<script>alert("1")</script>&'"\u0000`;
const person = { label: 'person' };
const content = {
  truths: [
    { ...person, box: [10, 10, 60, 30] as const },
    { ...person, box: [10, 60, 60, 80] as const },
    { ...person, box: [70, 60, 90, 80] as const, ignore: 'region' },
  ],
  detections: [
    { ...person, box: [10, 10, 60, 30] as const, score: 0.7 },
    { ...person, box: [10, 110, 60, 130] as const, score: 0.4 },
  ],
};
const frame = (id: string): PlayerFrame => ({
  id,
  image: Uint8Array.of(0xff, 0xd8),
  ...content,
  matches: matchImage(content, plainProtocol),
});
const options = { title: 'street', width: 160, height: 120 };
const overlays = (html: string) => [...html.matchAll(/<svg viewBox.*?<\/svg>/g)].map(([svg]) => svg);
/** The kinds that are shown: [kind]. */
const shown = (svg = '') =>
  [...svg.matchAll(/<g ([^>]*)>.*?data-kind="(\w+)"/g)].flatMap(([, head = '', kind = '']) =>
    head.includes('display:none') ? [] : [kind],
  );

describe('the player', () => {
  it('needs nothing from elsewhere, and lets one script run', () => {
    const html = playerHtml([frame('I00000')], options);
    expect(html).not.toMatch(/(src|href)="(?!data:|#)|url\(|@import|<link/);
    const digest = createHash('sha256').update(playerScript).digest('base64');
    expect(playerScriptHash).toBe(`sha256-${digest}`);
    expect(html).toContain(`script-src '${playerScriptHash}'`);
    expect(html).toContain(`<script>${playerScript}</script>`);
  });
  it('shows what the score allows: a hit and what it found, or a miss', () => {
    const at = (score: number) => shown(overlays(playerHtml([frame('a')], { ...options, score }))[0]);
    expect(at(0.7)).toEqual(['truth', 'missed', 'ignored', 'hit']);
    expect(at(0.4)).toEqual(['truth', 'missed', 'ignored', 'false', 'hit']);
    expect(at(0.71)).toEqual(['missed', 'missed', 'ignored']); // nothing is found
  });
  it('lets the script move the score: from where each box is seen, and until where it is missed', () => {
    const [svg = ''] = overlays(playerHtml([frame('a')], options));
    expect(svg).toContain('data-missed="" data-until="0.7"');
    expect(svg).toContain('data-found="" data-from="0.7"');
    expect(svg).toContain('data-from="0.4" data-false=""');
  });
  it('shows the same at any score as matching only what scores so much', () => {
    for (const score of [0, 0.4, 0.5, 0.7, 1]) {
      const detections = content.detections.filter((one) => one.score >= score);
      const matches = matchImage({ ...content, detections }, plainProtocol);
      const kinds = shown(overlays(playerHtml([frame('a')], { ...options, score }))[0]);
      expect(kinds.filter((kind) => kind === 'missed')).toHaveLength(matches.counted.length - matches.found.size);
      expect(kinds.filter((kind) => kind === 'false')).toHaveLength(
        matches.detections.filter(({ hit }) => !hit).length,
      );
    }
  });
  it('draws every detection as found where nobody knows what is there, and speaks of no misses', () => {
    const { matches: _, ...unknown } = frame('a');
    const html = playerHtml([{ ...unknown, truths: [] }], { ...options, score: 0.5 });
    expect(shown(overlays(html)[0])).toEqual(['hit']);
    expect(html.replace(playerScript, '')).not.toMatch(/data-judged|objects and misses|M: next miss/);
    expect(html).toContain('class="miss" hidden');
    expect(playerHtml([frame('a')], options)).toContain('data-judged=""');
  });
  it('names the classes where there are several', () => {
    const [one] = content.detections;
    const two = one ? [one, { ...one, label: 'car' }] : [];
    const { matches: _, ...unknown } = frame('a');
    expect(overlays(playerHtml([{ ...unknown, truths: [], detections: two }], options))[0]).toContain('>car 0.70<');
    expect(overlays(playerHtml([frame('a')], options))[0]).toContain('>0.70<');
  });
  it('explains its lines, and never takes names for markup', () => {
    const html = playerHtml([frame(hostile)], { ...options, title: hostile, lead: hostile });
    expect(html.replace(playerScript, '')).not.toMatch(/<script>(?!<\/script>)|alert\("/);
    expect(html).toMatch(/found<\/li>.*missed<\/li>/s);
    for (const svg of overlays(html)) expect(xmlFaults(svg)).toEqual([]);
  });
  it('says what it does not play', () => {
    expect(() => playerHtml([], options)).toThrow(/frames is empty/);
    expect(() => playerHtml([frame('a')], { ...options, width: 0 })).toThrow(/0x120/);
    expect(() => playerHtml([frame('a')], { ...options, rate: 0 })).toThrow(/rate is 0/);
    expect(() => playerHtml([frame('a')], { ...options, score: 2 })).toThrow(/score is 2/);
    expect(() => playerHtml([{ ...frame('a'), image: new Uint8Array(4) }], options)).toThrow(/JPEG or PNG/);
    const [one] = content.detections;
    expect(() =>
      playerHtml([{ ...frame('a'), detections: one ? [{ ...one, score: Number.NaN }] : [] }], options),
    ).toThrow(/score NaN/);
  });
});

it('has a bar for what was found in each frame where nobody knows what is there', () => {
  const svg = timelineSvg([{ detections: content.detections }], 0.4);
  const heights = [...svg.matchAll(/height="([\d.]+)"/g)].map(([, height]) => Number(height));
  expect(heights).toEqual([10, 0]); // two of 4 in 20, up
});
it('has a bar for the misses and the false detections of each frame', () => {
  const matches = matchImage(content, plainProtocol);
  const svg = timelineSvg([{ matches, detections: content.detections }], 0.4);
  const heights = [...svg.matchAll(/height="([\d.]+)"/g)].map(([, height]) => Number(height));
  expect(heights).toEqual([5, 5]); // one each, of 4 in 20
});
