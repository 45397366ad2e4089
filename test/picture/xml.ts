/** The faults of a document as XML sees it: tags left open, attributes without quotes, bare ampersands. None is an empty list. */
export function xmlFaults(text: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const tag = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const words = text.slice(at, next < 0 ? text.length : next);
    if (/&(?!#\d+;)/.test(words) || words.includes('>')) faults.push(`text '${words.slice(0, 40)}'`);
    if (next < 0) break;
    tag.lastIndex = next;
    const found = tag.exec(text);
    if (!found) return [...faults, `tag '${text.slice(next, next + 40)}'`];
    const [whole, closes, name = '', attributes = '', empty] = found;
    if (/&(?!#\d+;)/.test(attributes)) faults.push(`attributes '${attributes.slice(0, 40)}'`);
    const names = [...attributes.matchAll(/\s([\w:-]+)=/g)].map(([, attribute]) => attribute);
    if (new Set(names).size < names.length) faults.push(`an attribute twice in <${name}>`);
    if (closes && open.pop() !== name) faults.push(`</${name}> closes nothing`);
    if (!closes && !empty) open.push(name);
    at = next + whole.length;
  }
  return [...faults, ...open.map((name) => `<${name}> is open`)];
}
