"""Variants of training pairs that real users' text needs and the corpora lack.

Lower-cased and title-cased sources with ordinary targets, missing final punctuation, several sentences in one input,
and strings that must be copied (placeholders, addresses, numbers, names). All synthetic sentences are built from the
templates of this module.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from models_src.train.corpus import Pair

__all__ = [
    "VARIANTS",
    "concatenate",
    "copy_pairs",
    "lower_source",
    "strip_final_punctuation",
    "title_source",
    "variants",
]

_FINAL = re.compile(r"\s*[.!?…]$")

_NAMES = (
    "Anna Keller", "Peter Novak", "Maria Rossi", "Jonas Berg", "Amélie Laurent", "David Miller", "Ingrid Solberg",
    "Karim Haddad", "Yuki Tanaka", "Olga Petrova", "Samuel Okafor", "Lucia Moreno", "Henrik Dahl", "Priya Nair",
    "Thomas Weber", "Claire Dubois", "Mehmet Yilmaz", "Elena Popescu", "Jan de Vries", "Sofia Lindgren",
)  # fmt: skip
_PLACES = (
    "Berlin", "Hamburg", "Toulouse", "Lyon", "Toronto", "Nairobi", "Oslo", "Madrid", "Lisbon", "Boston", "Dublin",
    "Seattle", "Quito", "Jakarta", "Helsinki", "Tallinn", "Zagreb", "Montreal", "Sydney", "Leipzig",
)  # fmt: skip
_WORDS = (
    "report",
    "invoice",
    "backup",
    "update",
    "photo",
    "config",
    "index",
    "data",
    "draft",
    "summary",
    "notes",
    "test",
)
_HOSTS = ("example.com", "example.org", "mail.example.net", "docs.example.org", "shop.example.com")

TEMPLATES: tuple[dict[str, str], ...] = (
    {"en": "Open {x} in your browser.", "de": "Öffnen Sie {x} im Browser.", "fr": "Ouvrez {x} dans votre navigateur."},
    {"en": "Please write to {x}.", "de": "Bitte schreiben Sie an {x}.", "fr": "Veuillez écrire à {x}."},
    {"en": "File {x} was not found.", "de": "Die Datei {x} wurde nicht gefunden.", "fr": "Fichier {x} introuvable."},
    {"en": "Hello {x}, welcome back!", "de": "Hallo {x}, willkommen zurück!", "fr": "Bonjour {x}, bon retour !"},
    {"en": "{x} has sent you a message.", "de": "{x} hat Ihnen eine Nachricht geschickt.",
     "fr": "{x} vous a envoyé un message."},
    {"en": "Your order number is {x}.", "de": "Ihre Bestellnummer lautet {x}.",
     "fr": "Votre numéro de commande est {x}."},
    {"en": "We met {x} in {y}.", "de": "Wir haben {x} in {y} getroffen.", "fr": "Nous avons rencontré {x} à {y}."},
    {"en": "{x} lives in {y}.", "de": "{x} wohnt in {y}.", "fr": "{x} habite à {y}."},
    {"en": "The meeting starts at {x}.", "de": "Die Besprechung beginnt um {x}.", "fr": "La réunion commence à {x}."},
    {"en": "You can download {x} from {y}.", "de": "Sie können {x} von {y} herunterladen.",
     "fr": "Vous pouvez télécharger {x} depuis {y}."},
    {"en": "The value of {x} must be at least {y}.", "de": "Der Wert von {x} muss mindestens {y} betragen.",
     "fr": "La valeur de {x} doit être au moins {y}."},
    {"en": "According to {x}, this is wrong.", "de": "Laut {x} ist das falsch.", "fr": "Selon {x}, c'est faux."},
    {"en": "{x} said that the work was finished.", "de": "{x} sagte, dass die Arbeit fertig sei.",
     "fr": "{x} a dit que le travail était terminé."},
    {"en": "See {x} for details.", "de": "Einzelheiten finden Sie unter {x}.", "fr": "Voir {x} pour plus de détails."},
    {"en": "The train to {y} leaves from platform {x}.", "de": "Der Zug nach {y} fährt von Gleis {x} ab.",
     "fr": "Le train pour {y} part du quai {x}."},
)  # fmt: skip


def _url(rng: random.Random) -> str:
    return f"https://{rng.choice(_HOSTS)}/{rng.choice(_WORDS)}/{rng.randint(1, 9999)}"


def _email(rng: random.Random) -> str:
    return f"{rng.choice(_WORDS)}.{rng.choice(_WORDS)}@{rng.choice(_HOSTS)}"


def _placeholder(rng: random.Random) -> str:
    word = rng.choice(_WORDS)
    return rng.choice((f"{{{word}}}", "%s", "%d", "$1", f"%{rng.randint(1, 9)}", f"{{{{{word}}}}}", f"<{word}>"))


def _file(rng: random.Random) -> str:
    return f"{rng.choice(_WORDS)}_{rng.randint(1, 2030)}.{rng.choice(('txt', 'pdf', 'csv', 'png', 'py'))}"


def _number(rng: random.Random) -> str:
    return str(rng.randint(1, 10 ** rng.randint(1, 8)))


_FILLERS: tuple[Callable[[random.Random], str], ...] = (_url, _email, _placeholder, _file, _number)


def _fill(template: dict[str, str], rng: random.Random) -> tuple[str, str]:
    """Choose what goes into a template: people for sentences about people, anything copyable otherwise."""
    english = template["en"]
    person = any(word in english for word in ("Hello", "has sent", "We met", "lives", "According", "said"))
    x = rng.choice(_NAMES) if person else rng.choice(_FILLERS)(rng)
    if "starts at" in english:
        x = f"{rng.randint(0, 23)}:{rng.randint(0, 59):02d}"
    place = any(word in english for word in (" in {y}", "train to"))
    y = rng.choice(_PLACES) if place else rng.choice((_url, _number, _file))(rng)
    return x, y


def copy_pairs(language: str, count: int, rng: random.Random) -> list[Pair]:
    """Synthetic pairs whose names, numbers, addresses and placeholders must be copied unchanged."""
    pairs = []
    for _ in range(count):
        template = rng.choice(TEMPLATES)
        x, y = _fill(template, rng)
        pairs.append((template["en"].format(x=x, y=y), template[language].format(x=x, y=y)))
    return pairs


def lower_source(pair: Pair) -> Pair:
    """Source in lower case, target as a careful writer would have it."""
    return pair[0].lower(), pair[1]


def title_source(pair: Pair) -> Pair:
    """Source With Every Word Capitalised, as in headlines; the target keeps normal case."""
    return " ".join(word[:1].upper() + word[1:] for word in pair[0].split(" ")), pair[1]


def strip_final_punctuation(pair: Pair) -> Pair:
    """Both sides without their final mark, so that its absence is not taken for a cut-off sentence."""
    return _FINAL.sub("", pair[0]), _FINAL.sub("", pair[1])


VARIANTS: dict[str, Callable[[Pair], Pair]] = {
    "lower": lower_source,
    "title": title_source,
    "unpunctuated": strip_final_punctuation,
}


def variants(pairs: Sequence[Pair], kind: str, count: int, rng: random.Random) -> list[Pair]:
    """Up to ``count`` variants of randomly chosen pairs; pairs that the change leaves alone are skipped."""
    chosen = rng.sample(pairs, min(count, len(pairs)))
    changed = ((pair, VARIANTS[kind](pair)) for pair in chosen)
    return [new for old, new in changed if new != old and all(new)]


def concatenate(pairs: Sequence[Pair], count: int, rng: random.Random, max_chars: int = 260) -> list[Pair]:
    """``count`` inputs of two to four sentences, drawn from complete sentences only."""
    sentences = [pair for pair in pairs if _FINAL.search(pair[0]) and _FINAL.search(pair[1])]
    if not sentences:
        return []
    joined = []
    for _ in range(count):
        parts = [rng.choice(sentences) for _ in range(rng.choice((2, 2, 3, 3, 4)))]
        source, target = " ".join(p[0] for p in parts), " ".join(p[1] for p in parts)
        if max(len(source), len(target)) <= max_chars:
            joined.append((source, target))
    return joined
