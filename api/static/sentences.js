// Pure functions of texts and results: where sentences lie, and what stands between them.

/** Number of Unicode code points, which is what the server counts. */
export function codePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Returns a function from ascending code point offsets to the UTF-16 offsets that JavaScript counts in. */
function offsets(text) {
  let points = 0;
  let units = 0;
  return (wanted) => {
    while (points < wanted) {
      units += text.codePointAt(units) > 0xffff ? 2 : 1;
      points += 1;
    }
    return units;
  };
}

/** The sentences of a result with UTF-16 offsets: `{start, end, before, text, translations}`, and what follows them. */
export function sentencesOf(result) {
  const unitsAt = offsets(result.text);
  let last = 0;
  const sentences = (result.segments ?? []).map((segment) => {
    const start = unitsAt(segment.start);
    const end = unitsAt(segment.end);
    const before = result.text.slice(last, start);
    last = end;
    return { ...segment, start, end, before };
  });
  return { sentences, after: result.text.slice(last) };
}

const isSpace = (character) => character !== undefined && /\s/u.test(character);

/** Where `sentence` ends in `whole` if it starts at `from`, any white space standing for any other; else -1. */
function endOf(sentence, whole, from) {
  let at = from;
  let i = 0;
  while (i < sentence.length) {
    if (isSpace(sentence[i]) && isSpace(whole[at])) {
      while (isSpace(sentence[i])) i += 1;
      while (isSpace(whole[at])) at += 1;
    } else if (sentence[i] === whole[at]) {
      i += 1;
      at += 1;
    } else {
      return -1;
    }
  }
  return at;
}

/**
 * The best translation of each sentence as it stands in the translation of the whole text, where a line break that
 * wraps a sentence has come back; a sentence that cannot be found there is as it is by itself.
 */
export function wrappedTranslations(sentences, target, whole) {
  let at = 0;
  return sentences.map(({ before, translations }) => {
    const text = translations[target].text;
    const start = at + before.length;
    const end = whole.slice(at, start) === before ? endOf(text, whole, start) : -1;
    if (end < 0) return text;
    at = end;
    return whole.slice(start, end);
  });
}

const SURENESS = [
  [0.8, "sure"],
  [0.6, "fairly sure"],
  [0.4, "unsure"],
  [0, "very unsure"],
];

/** A confidence in words: `76 %, fairly sure`. */
export function sureness(confidence) {
  const [, words] = SURENESS.find(([least]) => confidence >= least) ?? SURENESS.at(-1);
  return `${Math.round(confidence * 100)} %, ${words}`;
}

const FLAGS = {
  repetition: "It repeats itself.",
  length_ratio: "It is much shorter or longer than the English.",
  untranslated: "It looks like a copy of the English.",
  empty: "Nothing came out.",
  low_score: "The model finds it unlikely.",
  truncated: "Its end is missing: it became too long.",
  forced_cut: "The English sentence was so long that it had to be cut.",
  placeholder_fallback: "Parts that must not change were kept, but the words around them were translated one by one.",
};

/** A flag in plain words; one that is not known here says its name. */
export const flagInWords = (flag) => FLAGS[flag] ?? `${flag.replaceAll("_", " ")}.`;
